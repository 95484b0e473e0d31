import { parse } from '@cdktf/hcl2json';
import { Block } from '../synth/form-rules/block';
import { isObject, type Json, type JsonObject } from '../synth/hcl/expressions';
import type { Placed } from '../synth/stack-blocks';

/** Text by path of what a template's folder holds. */
export type TemplateFiles = ReadonlyMap<string, string>;

/** What stands in a file that cannot be read as Terraform would. */
export interface ReadingFault {
  readonly file: string;
  readonly message: string;
}

const BY_TYPE_AND_NAME = ['resource', 'data', 'ephemeral'];
const BY_NAME = ['variable', 'output', 'module', 'provider', 'check'];
const WITHOUT_NAME = ['terraform', 'moved', 'import', 'removed'];

const listOf = (value: Json): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [value];

const entriesOf = (value: Json): [string, Json][] =>
  isObject(value) ? Object.entries(value).filter(([key]) => key !== '//') : [];

/** Where Terraform's JSON syntax has bare names, the reader of HCL has expressions. */
const BARE_NAMES = ['depends_on', 'provider', 'ignore_changes', 'replace_triggered_by'];

const bareName = (value: Json): Json =>
  typeof value === 'string' ? value.replace(/^\$\{\s*(.*?)\s*\}$/s, '$1') : value;

/** A body as rules and stacks have it: names without `${…}`, the one lifecycle block no list. */
function withBareNames(body: Json): Json {
  if (!isObject(body)) return body;
  return Object.fromEntries(
    Object.entries(body).map(([argument, value]): [string, Json] => {
      if (BARE_NAMES.includes(argument)) {
        return [argument, Array.isArray(value) ? (value as readonly Json[]).map(bareName) : bareName(value)];
      }
      if (argument !== 'lifecycle') return [argument, value];
      const blocks = listOf(value).map(withBareNames);
      return [argument, blocks.length === 1 ? (blocks[0] ?? {}) : blocks];
    }),
  );
}

/** Each file is read once a run: most files are the same on both sides of a comparison. */
const READ = new Map<string, Promise<JsonObject>>();

function readFile(path: string, text: string): Promise<JsonObject> {
  const key = `${path.endsWith('.json') ? 'json' : 'hcl'}\n${text}`;
  const known = READ.get(key);
  if (known !== undefined) return known;
  const read = path.endsWith('.json')
    ? Promise.resolve().then(() => JSON.parse(text) as JsonObject)
    : (parse('template.tf', text) as Promise<JsonObject>);
  READ.set(key, read);
  return read;
}

/** Terraform reads the files at the top of a folder, no others. */
export const isTerraformFile = (path: string): boolean => /^[^/]+\.tf(\.json)?$/.test(path);

/** The Terraform code of a template's folder. */
export class Configuration {
  private readonly byAddress = new Map<string, Block>();

  private constructor(
    readonly blocks: readonly Block[],
    readonly faults: readonly ReadingFault[],
  ) {
    for (const block of blocks) this.byAddress.set(block.address, block);
  }

  /** Reads what can be read; what cannot is among the faults. */
  static async read(files: TemplateFiles): Promise<Configuration> {
    const faults: ReadingFault[] = [];
    const blocks: Block[] = [];
    for (const [file, text] of files) {
      if (!isTerraformFile(file)) continue;
      try {
        blocks.push(...placedIn(await readFile(file, text), file, faults).map((one) => new Block(one, file)));
      } catch (error) {
        faults.push({ file, message: syntaxFault(error) });
      }
    }
    faults.push(...doubles(blocks));
    return new Configuration(blocks, faults);
  }

  /** The block that expressions name so; a local is found as `local.name`. */
  find(address: string): Block | undefined {
    return this.byAddress.get(address);
  }

  ofKind(kind: string): Block[] {
    return this.blocks.filter((block) => block.kind === kind);
  }

  ofType(kind: 'resource' | 'data', type: string): Block[] {
    return this.blocks.filter((block) => block.kind === kind && block.type === type);
  }

  /** In Terraform's JSON syntax, as `toTerraform()` of a stack gives it. */
  toJson(): JsonObject {
    const json: Record<string, Json> = {};
    for (const { placed } of this.blocks) {
      if (BY_TYPE_AND_NAME.includes(placed.kind)) {
        const types = (json[placed.kind] ?? {}) as Record<string, JsonObject>;
        json[placed.kind] = {
          ...types,
          [placed.type]: { ...types[placed.type], [placed.name]: placed.body },
        };
      } else if (placed.kind === 'terraform') {
        json.terraform = { ...(json.terraform as JsonObject), ...(placed.body as JsonObject) };
      } else if (WITHOUT_NAME.includes(placed.kind)) {
        json[placed.kind] = [...listOf(json[placed.kind] ?? []), placed.body];
      } else {
        json[placed.kind] = { ...(json[placed.kind] as JsonObject), [placed.name]: placed.body };
      }
    }
    return json;
  }
}

function placedIn(parsed: JsonObject, file: string, faults: ReadingFault[]): Placed[] {
  return entriesOf(parsed).flatMap(([kind, content]): Placed[] => {
    const named = (type: string, value: Json): Placed[] =>
      entriesOf(value).flatMap(([name, bodies]) =>
        listOf(bodies).map((body) => ({ kind, type, name, body: withBareNames(body) })),
      );
    if (BY_TYPE_AND_NAME.includes(kind)) {
      return entriesOf(content).flatMap(([type, value]) => {
        if (isObject(value)) return named(type, value);
        faults.push({ file, message: `${kind} "${type}" must have a name after its type` });
        return [];
      });
    }
    if (BY_NAME.includes(kind)) return named(kind, content);
    if (WITHOUT_NAME.includes(kind)) {
      return listOf(content).map((body) => ({ kind, type: kind, name: '', body }));
    }
    if (kind === 'locals') {
      return listOf(content).flatMap((block) =>
        entriesOf(block).map(([name, body]) => ({ kind, type: kind, name, body })),
      );
    }
    faults.push({ file, message: `"${kind}" is no block that Terraform and Coder's form know` });
    return [];
  });
}

const REPEATABLE = ['terraform', 'provider', 'moved', 'import', 'removed'];

/** Terraform refuses two of one address; a reader of JSON would lose one without a word. */
function doubles(blocks: readonly Block[]): ReadingFault[] {
  const seen = new Map<string, Block>();
  return blocks.flatMap((block) => {
    const first = seen.get(block.address);
    seen.set(block.address, block);
    if (first === undefined || REPEATABLE.includes(block.kind)) return [];
    return [{ file: block.path, message: `${block.address} is declared twice, in ${first.path} too` }];
  });
}

function syntaxFault(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replace(/^parse config: /, '').replaceAll('template.tf:', 'line ');
}
