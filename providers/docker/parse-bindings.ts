import type { CtyType, NestingMode, SchemaAttribute, SchemaBlock, SchemaNestedBlock } from '../schema-types';

/** One generated source file, read back: which Terraform type it binds and that type's schema. */
export interface ParsedType {
  readonly kind: 'provider' | 'resource' | 'data source';
  /** Terraform type name, "provider" for the provider's own configuration. */
  readonly type: string;
  readonly block: SchemaBlock;
  /** Version of the provider the bindings were generated from; absent in the provider's own file. */
  readonly version?: string;
}

/** How an attribute is written to HCL: the generator leaves the nesting and the storage class in the source. */
interface HclForm {
  readonly isBlock: boolean;
  readonly type: string;
  readonly storage: string;
}

interface ClassSource {
  readonly name: string;
  readonly base: string;
  readonly body: string;
}

const ATTRIBUTE =
  /^ {2}\/\/ (\w+) - computed: (true|false), optional: (true|false), required: (true|false)$/gm;
const HCL_FORM =
  /(\w+): \{\s+value: .*\s+isBlock: (true|false),\s+type: "(\w+)",\s+storageClassType: "(\w+)"/g;
const BASES: Readonly<Record<string, ParsedType['kind']>> = {
  TerraformProvider: 'provider',
  TerraformResource: 'resource',
  TerraformDataSource: 'data source',
};
const ELEMENTS: Readonly<Record<string, CtyType>> = { string: 'string', number: 'number', boolean: 'bool' };
const GETTERS: Readonly<Record<string, CtyType>> = {
  String: 'string',
  Number: 'number',
  Boolean: 'bool',
  List: ['list', 'string'],
  NumberList: ['list', 'number'],
  StringMap: ['map', 'string'],
  NumberMap: ['map', 'number'],
  BooleanMap: ['map', 'bool'],
};

function classes(source: string): ClassSource[] {
  const starts = [...source.matchAll(/^export class (\w+) extends cdktf\.(\w+) \{$/gm)];
  return starts.map((match) => {
    const end = source.indexOf('\n}', match.index);
    return { name: match[1] ?? '', base: match[2] ?? '', body: source.slice(match.index, end) };
  });
}

function hclForms(text: string): Map<string, HclForm> {
  return new Map(
    [...text.matchAll(HCL_FORM)].map((match) => [
      match[1] ?? '',
      { isBlock: match[2] === 'true', type: match[3] ?? '', storage: match[4] ?? '' },
    ]),
  );
}

/** The type of a plain attribute, from its HCL form where there is one, else from its getter. */
function attributeType(name: string, text: string, form: HclForm | undefined): CtyType {
  if (form !== undefined && !form.isBlock) {
    const element = ELEMENTS[form.storage.replace(/(List|Map)$/, '')];
    if (element === undefined)
      throw new Error(`attribute "${name}": unknown storage class "${form.storage}"`);
    if (form.type === 'simple') return element;
    if (form.type === 'list' || form.type === 'set' || form.type === 'map') return [form.type, element];
    throw new Error(`attribute "${name}": unknown form "${form.type}"`);
  }
  const computedMap = /= new cdktf\.(String|Number|Boolean)Map\(/.exec(text);
  if (computedMap !== null) return GETTERS[`${computedMap[1]}Map`] ?? ['map', 'string'];
  const getter = /return (cdktf\.Fn\.tolist\()?this\.get(\w+)Attribute\(/.exec(text);
  const type: CtyType | undefined = GETTERS[getter?.[2] ?? ''];
  if (type === undefined) throw new Error(`attribute "${name}": no type found`);
  // A set cannot be indexed, so the bindings wrap its getter in tolist().
  if (getter?.[1] !== undefined && Array.isArray(type) && type[0] === 'list') return ['set', type[1]];
  return type;
}

/** Reads one file's classes; nested blocks are classes of their own, found by name. */
class BindingsParser {
  private readonly classes: ReadonlyMap<string, ClassSource>;

  public constructor(private readonly source: string) {
    this.classes = new Map(classes(source).map((entry) => [entry.name, entry]));
  }

  /** The schema of the attributes that a class declares. */
  public block(className: string): SchemaBlock {
    const body = this.classOf(className).body;
    const forms = hclForms(this.hclText(className, body));
    const attributes: [string, SchemaAttribute][] = [];
    const blocks: [string, SchemaNestedBlock][] = [];
    const found = [...body.matchAll(ATTRIBUTE)];
    found.forEach((match, index) => {
      const name = match[1] ?? '';
      // `alias` belongs to Terraform itself, not to the provider's schema.
      if (name === 'alias' && this.classOf(className).base === 'TerraformProvider') return;
      const text = body.slice(match.index, found[index + 1]?.index);
      const nested = /private _\w+ = new (\w+?)(List|OutputReference)\(this, "\w+"(?:, (true|false))?\)/.exec(
        text,
      );
      const form = forms.get(name);
      const flags = {
        ...(match[4] === 'true' && { required: true }),
        ...(match[3] === 'true' && { optional: true }),
        ...(match[2] === 'true' && { computed: true }),
      };
      const structName = nested?.[1] ?? (form?.isBlock ? form.storage.replace(/List$/, '') : undefined);
      if (structName === undefined) {
        attributes.push([name, { type: attributeType(name, text, form), ...flags }]);
      } else if (form?.isBlock) {
        blocks.push([
          name,
          this.nestedBlock(structName, form, nested?.[2] === 'OutputReference', flags.required),
        ]);
      } else {
        const collection = nested?.[3] === 'true' ? 'set' : 'list';
        attributes.push([name, { type: [collection, this.objectType(structName)], ...flags }]);
      }
    });
    const byName = (a: [string, unknown], b: [string, unknown]): number => (a[0] < b[0] ? -1 : 1);
    return {
      ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes.sort(byName)) }),
      ...(blocks.length > 0 && { block_types: Object.fromEntries(blocks.sort(byName)) }),
    };
  }

  private nestedBlock(
    structName: string,
    form: HclForm,
    single: boolean,
    required?: boolean,
  ): SchemaNestedBlock {
    const nesting = form.type === 'struct' ? 'single' : (form.type as NestingMode);
    return {
      nesting_mode: nesting,
      block: this.classes.has(`${structName}OutputReference`)
        ? this.block(`${structName}OutputReference`)
        : this.structBlock(structName),
      ...(required && { min_items: 1 }),
      ...(single && nesting !== 'single' && { max_items: 1 }),
    };
  }

  /** A provider's nested block has no class, only an interface and a function that writes it. */
  private structBlock(structName: string): SchemaBlock {
    const body =
      new RegExp(`^export interface ${structName} \\{\\n([^]*?)\\n\\}`, 'm').exec(this.source)?.[1] ?? '';
    const attributes = [...hclForms(this.hclText(structName, ''))].map(
      ([name, form]): [string, SchemaAttribute] => {
        const property = name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
        const optional = new RegExp(`readonly ${property}\\?:`).test(body);
        return [
          name,
          { type: attributeType(name, '', form), ...(optional ? { optional } : { required: true }) },
        ];
      },
    );
    return { attributes: Object.fromEntries(attributes) };
  }

  private objectType(structName: string): CtyType {
    const { attributes = {} } = this.block(`${structName}OutputReference`);
    return ['object', Object.fromEntries(Object.entries(attributes).map(([name, { type }]) => [name, type]))];
  }

  /** Where the HCL forms of a class stand: in the class itself, or in the function beside its interface. */
  private hclText(className: string, body: string): string {
    if (body.includes('synthesizeHclAttributes')) return body;
    const struct = className.replace(/OutputReference$/, '');
    const start = this.source.indexOf(
      `export function ${struct[0]?.toLowerCase()}${struct.slice(1)}ToHclTerraform(`,
    );
    return start < 0 ? '' : this.source.slice(start, this.source.indexOf('\n}', start));
  }

  private classOf(name: string): ClassSource {
    const found = this.classes.get(name);
    if (found === undefined) throw new Error(`no class "${name}" in the bindings`);
    return found;
  }

  /** The class that stands for the Terraform type itself. */
  public root(): ClassSource {
    const found = [...this.classes.values()].find(({ base }) => BASES[base] !== undefined);
    if (found === undefined) throw new Error('no resource, data source or provider class in the bindings');
    return found;
  }
}

/**
 * Reads the schema back from one generated binding file.
 *
 * @param source text of a generated `<type>/index.ts`
 * @throws when the text does not have the generator's form
 */
export function parseBindings(source: string): ParsedType {
  const parser = new BindingsParser(source);
  const root = parser.root();
  const kind = BASES[root.base] ?? 'resource';
  const type = /static readonly tfResourceType = "(\w+)"/.exec(root.body)?.[1] ?? '';
  const version = /providerVersion: '([^']+)'/.exec(root.body)?.[1];
  return {
    kind,
    type: kind === 'provider' ? 'provider' : type,
    block: parser.block(root.name),
    ...(version !== undefined && kind !== 'provider' && { version }),
  };
}
