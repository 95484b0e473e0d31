import { createHash } from 'node:crypto';
import type { Block } from '../../synth/form-rules/block';
import { isObject, type Json } from '../../synth/hcl/expressions';
import type { Token } from '../../synth/hcl/lexer';
import { templateParts } from '../../synth/hcl/strings';
import type { Configuration, TemplateFiles } from '../configuration';
import { forcesNew } from './force-new';
import type { Moves } from './moves';

/**
 * Something a value can depend on: `local.x`, `file:scripts/a.sh`, `data.docker_network.x`, one argument of a resource
 * (`docker_image.workspace#name`), or what a provider works out for one (`docker_image.workspace:image_id`).
 */
export type Node = string;

interface Content {
  /** The value by its tokens; what it depends on stands in it as `⟦node⟧`. */
  readonly text: string;
  readonly uses: ReadonlySet<Node>;
}

const NOTHING: Content = { text: '', uses: new Set() };

/** Their values come with a build, whatever the template says of them. */
const OF_THE_BUILD = ['coder_parameter', 'coder_workspace', 'coder_workspace_owner', 'coder_provisioner'];

/** Arguments that say how Terraform works, not what it makes. */
export const META_ARGUMENTS = ['lifecycle', 'depends_on', 'provider', 'provisioner', 'connection'];

export const argumentNode = (address: string, argument: string): Node => `${address}#${argument}`;

/** The text of an argument that holds one bare name or a list of them. */
function namesIn(value: Json | undefined): string[] {
  const values = Array.isArray(value) ? (value as readonly Json[]) : [value];
  return values.filter((one) => typeof one === 'string').map((one) => one.replace(/^\$\{\s*|\s*\}$/g, ''));
}

/** Whether a resource keeps what it was made with, whatever the template says later. */
export function ignoresChanges(block: Block, argument: string): boolean {
  return block
    .nested('lifecycle')
    .flatMap(({ body }) => namesIn(body.ignore_changes))
    .some((name) => name === 'all' || name.split(/[.[]/)[0] === argument);
}

/** What the values of a template come from, through locals, files and other resources. */
export class References {
  private readonly contents = new Map<Node, Content>();
  private readonly meanings = new Map<Node, string>();

  /**
   * @param moves names that are compared as if they were others already
   * @param isDeep whether a value that a provider works out changes with the arguments that make a new resource
   */
  constructor(
    private readonly configuration: Configuration,
    private readonly files: TemplateFiles,
    private readonly moves: Moves = new Map(),
    private readonly isDeep = false,
  ) {}

  /** The name under which an address is compared. */
  nameOf(address: string): string {
    return this.moves.get(address) ?? address;
  }

  /** What a value says once everything it refers to is put in its place; equal texts are equal values. */
  meaningOf(value: Json | undefined): string {
    if (value === undefined) return '';
    return this.resolve(this.scan(value));
  }

  meaningOfNode(node: Node): string {
    const known = this.meanings.get(node);
    if (known !== undefined) return known;
    // Terraform refuses circles; one must not keep us here for ever.
    this.meanings.set(node, node);
    const digest = createHash('sha256')
      .update(this.resolve(this.content(node)))
      .digest('hex');
    this.meanings.set(node, digest);
    return digest;
  }

  /** What a node says itself, and what it refers to by name. */
  content(node: Node): Content {
    let content = this.contents.get(node);
    if (content === undefined) {
      content = this.read(node);
      this.contents.set(node, content);
    }
    return content;
  }

  /** Everything a node comes to depend on, itself included. */
  reach(node: Node, found = new Set<Node>()): Set<Node> {
    if (found.has(node)) return found;
    found.add(node);
    for (const used of this.content(node).uses) this.reach(used, found);
    return found;
  }

  private resolve({ text }: Content): string {
    return text.replace(/⟦([^⟧]*)⟧/g, (_, node: string) => `⟦${this.meaningOfNode(node)}⟧`);
  }

  private read(node: Node): Content {
    if (node.startsWith('file:')) {
      const text = this.files.get(node.slice('file:'.length));
      return { text: text ?? '', uses: new Set() };
    }
    const argument = /^([^#]+)#(.+)$/.exec(node);
    if (argument !== null) {
      const block = this.find(argument[1] ?? '');
      return block === undefined ? NOTHING : this.scan(block.get(argument[2] ?? '') ?? null);
    }
    const computed = /^([^:]+):/.exec(node);
    if (computed !== null) return this.readComputed(computed[1] ?? '');
    const block = this.find(node);
    if (block === undefined) return NOTHING;
    return this.scan(block.kind === 'locals' ? block.placed.body : block.body);
  }

  /** A provider works another value out when it makes another resource. */
  private readComputed(address: string): Content {
    const block = this.find(address);
    if (block === undefined) return NOTHING;
    const uses = Object.keys(block.body)
      .filter((name) => !META_ARGUMENTS.includes(name) && forcesNew(block.type, name))
      .filter((name) => !ignoresChanges(block, name))
      .sort()
      .map((name) => argumentNode(address, name));
    return { text: uses.map((use) => `⟦${use}⟧`).join(' '), uses: new Set(uses) };
  }

  private find(name: string): Block | undefined {
    const before = [...this.moves].find(([, to]) => to === name)?.[0];
    return this.configuration.find(before ?? name);
  }

  private scan(value: Json): Content {
    const uses = new Set<Node>();
    const text = this.write(value, uses);
    return { text, uses };
  }

  private write(value: Json, uses: Set<Node>): string {
    if (typeof value === 'string') return this.writeTemplate(value, uses);
    if (Array.isArray(value)) {
      return `[${(value as readonly Json[]).map((item) => this.write(item, uses)).join(', ')}]`;
    }
    if (!isObject(value)) return JSON.stringify(value);
    const entries = Object.entries(value).map(
      ([key, item]) => `${this.writeTemplate(key, uses)} = ${this.write(item, uses)}`,
    );
    return `{${entries.sort().join(', ')}}`;
  }

  private writeTemplate(template: string, uses: Set<Node>): string {
    const parts = templateParts(template).map(({ kind, source, tokens }) =>
      kind === 'text' ? source : this.writeTokens(tokens, uses),
    );
    // A file or folder that a provider reads by itself, as the context of an image.
    const folder = /^(?:\.|\$\{\s*path\.module\s*\})\/([^$]+)$/.exec(template)?.[1];
    return `"${parts.join('')}"${folder === undefined ? '' : this.useFiles(folder, uses)}`;
  }

  private writeTokens(tokens: readonly Token[], uses: Set<Node>): string {
    const texts: string[] = [];
    for (let at = 0; at < tokens.length; at += 1) {
      const shipped = shippedPath(tokens, at);
      const chain = shipped === undefined ? chainAt(tokens, at) : [];
      const node = this.nodeOf(chain.map(({ name }) => name));
      if (shipped !== undefined) {
        texts.push(this.useFiles(shipped.path, uses));
        at = shipped.last;
      } else if (node !== undefined) {
        if (!node.name.startsWith('=')) uses.add(node.name);
        texts.push(node.name.startsWith('=') ? node.name : `⟦${node.name}⟧`);
        at = chain[node.parts - 1]?.last ?? at;
      } else if (tokens[at]?.kind !== 'newline' && tokens[at]?.kind !== 'comment') {
        texts.push(tokens[at]?.text ?? '');
      }
    }
    return texts.join(' ');
  }

  /** One file, or all of a folder. */
  private useFiles(path: string, uses: Set<Node>): string {
    const folder = path.replace(/\/?(\*.*)?$/, '');
    const found = this.files.has(path)
      ? [path]
      : [...this.files.keys()].filter((file) => file.startsWith(`${folder}/`));
    found.forEach((file) => uses.add(`file:${file}`));
    if (found.length === 0) return JSON.stringify(path);
    // By their content: a file that only got another name is the same to whoever reads it.
    return found.map((file) => `⟦file:${file}⟧`).join(' ');
  }

  private nodeOf(chain: readonly string[]): { readonly name: Node; readonly parts: number } | undefined {
    const [root = '', second = '', third = ''] = chain;
    if (root === 'local' && second !== '') return { name: `local.${second}`, parts: 2 };
    if (root === 'data' && third !== '') {
      const address = `data.${second}.${third}`;
      if (!OF_THE_BUILD.includes(second)) return { name: address, parts: 3 };
      const parameter = second === 'coder_parameter' ? this.find(address)?.text('name') : undefined;
      // A leaf: named by what Coder stores it under, not by its block.
      return { name: `=${second} ${parameter ?? third}`, parts: 3 };
    }
    const address = this.nameOf(`${root}.${second}`);
    const block = second === '' ? undefined : this.find(address);
    if (block?.kind !== 'resource') return undefined;
    if (third === '' || block.get(third) === undefined) {
      return { name: `${this.isDeep ? '' : '='}${address}:${third}`, parts: third === '' ? 2 : 3 };
    }
    // Volumes are told apart by what they are, not by their names; another name is the volume's own change.
    return block.type === 'docker_volume' || ignoresChanges(block, third)
      ? { name: `=${address}.${third}`, parts: 3 }
      : { name: argumentNode(address, third), parts: 3 };
  }
}

interface Part {
  readonly name: string;
  /** Where its last token stands. */
  readonly last: number;
}

/**
 * `a.b.c` from a token on; an index between the parts ends it, but for the first one of a resource: what had no count
 * before is the same thing under `a.b[0]`.
 */
function chainAt(tokens: readonly Token[], start: number): Part[] {
  if (tokens[start]?.kind !== 'ident' || tokens[start - 1]?.text === '.') return [];
  const parts: Part[] = [{ name: tokens[start].text, last: start }];
  let at = start + 1;
  for (; tokens[at]?.text === '.' && tokens[at + 1]?.kind === 'ident'; at += 2) {
    parts.push({ name: tokens[at + 1]?.text ?? '', last: at + 1 });
    if (parts.length === 2 && isFirstIndex(tokens, at + 2)) at += 3;
  }
  return parts;
}

/** `[0]`, with another part behind it. */
const isFirstIndex = (tokens: readonly Token[], at: number): boolean =>
  ['[', '0', ']', '.'].every((text, i) => tokens[at + i]?.text === text);

/** `${path.module}/scripts/a.sh` inside of an expression. */
function shippedPath(
  tokens: readonly Token[],
  at: number,
): { readonly path: string; readonly last: number } | undefined {
  const [path, dot, module] = tokens.slice(at, at + 3);
  if (path?.text !== 'path' || dot?.text !== '.' || module?.text !== 'module') return undefined;
  const rest = tokens[at + 4];
  if (tokens[at + 3]?.kind !== 'seqend' || rest?.kind !== 'quoted') return undefined;
  return rest.text.startsWith('/') ? { path: rest.text.slice(1), last: at + 4 } : undefined;
}
