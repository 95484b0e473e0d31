import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  AnnotationMetadataEntryType,
  type ISynthesisSession,
  type IStackSynthesizer,
  type StackAnnotation,
  type StackManifest,
  type TerraformStack,
} from 'cdktf';
import { invokeAspects } from 'cdktf/lib/synthesize/synthesizer';
import { ConstructOrder, type IConstruct } from 'constructs';
import { checkFormRules, type Rule } from './form-rules';
import { isObject, type Json, type JsonObject } from './hcl/expressions';

/** Holds what the cdktf CLI reads; `stacks/` holds what is pushed. */
const CLI_FOLDER = 'cdktf';

/**
 * What terraform and its user leave in a stack's folder and Coder never puts into the archive: the lock file aside, which
 * belongs there. A synth must not throw away state, plugins or somebody's values.
 */
const KEPT: readonly RegExp[] = [
  /^\.terraform$/,
  /^\.terraform\.lock\.hcl$/,
  /\.tfstate(\..*)?$/,
  /^terraform\.tfvars(\.json)?$/,
  /\.auto\.tfvars(\.json)?$/,
];

/** What a stack has to tell to be written. */
export interface WritableStack extends TerraformStack {
  /** Text by path. */
  readonly shippedFiles: ReadonlyMap<string, string>;
  /** What it must hold to. */
  readonly rules: readonly Rule[];
  isExecutable(path: string): boolean;
  /** Everything that is pushed: text by path. */
  templateFiles(): ReadonlyMap<string, string>;
  toTerraformWithMetadata(): JsonObject;
  /** Does work that reads the stack many times and does not change it. */
  unchanged<Result>(work: () => Result): Result;
}

const CUSTOM_SYNTHESIS = Symbol.for('cdktf/customSynthesis');

/**
 * Writes a `TemplateStack`: the HCL and the added files into the stack's folder and nothing else there; the JSON form,
 * which the cdktf CLI wants to read after synth, beside the stacks.
 */
export class TemplateSynthesizer implements IStackSynthesizer {
  public constructor(private readonly stack: WritableStack) {}

  /**
   * @throws Error when a rule, a validation or an error annotation stands against the stack, or when a block cannot be
   * written; what an earlier synth wrote stays then
   */
  public synthesize(session: ISynthesisSession): void {
    invokeAspects(this.stack);
    if (session.skipValidation !== true) this.stack.runAllValidations();
    const { files, json } = this.stack.unchanged(() => {
      if (session.skipValidation !== true)
        checkFormRules(this.stack, this.stack.shippedFiles, this.stack.rules);
      refuseErrors(annotationsOf(this.stack));
      return { files: this.stack.templateFiles(), json: this.stack.toTerraformWithMetadata() };
    });

    const manifest = session.manifest.forStack(this.stack) as Mutable<StackManifest>;
    const folder = join(session.outdir, manifest.workingDirectory);
    mkdirSync(folder, { recursive: true });
    clearFolder(folder);
    for (const node of this.stack.node.findAll(ConstructOrder.POSTORDER)) {
      (node as CustomNode)[CUSTOM_SYNTHESIS]?.onSynthesize(session);
    }
    for (const [path, content] of files) {
      writeFile(join(folder, path), content, this.stack.isExecutable(path) ? 0o755 : 0o644);
    }
    manifest.annotations = annotationsOf(this.stack);
    refuseErrors(manifest.annotations);
    const hcl = [...files].filter(([path]) => path.endsWith('.tf')).map(([, text]) => text);
    this.writeForCli(session.outdir, manifest, json, hcl.join('\n'));
  }

  /**
   * The CLI reads JSON unless it was asked for HCL, and then runs a formatter over the one file it knows of: that must not
   * be one that is pushed.
   */
  private writeForCli(outdir: string, manifest: Mutable<StackManifest>, json: JsonObject, hcl: string): void {
    const base = join(CLI_FOLDER, manifest.name);
    const paths = { json: `${base}.tf.json`, hcl: `${base}.tf`, metadata: `${base}.metadata.json` };
    for (const path of Object.values(paths)) rmSync(join(outdir, path), { force: true });
    manifest.stackMetadataPath = paths.metadata;

    // The CLI dies without this block, and without the list of providers in it.
    const terraform = { required_providers: {}, ...(isObject(json['terraform']) ? json['terraform'] : {}) };
    const asHcl = process.env['SYNTH_HCL_OUTPUT'] === 'true' || process.env['SYNTH_HCL_OUTPUT'] === '1';
    manifest.synthesizedStackPath = asHcl ? paths.hcl : paths.json;
    if (asHcl) {
      writeFile(join(outdir, paths.hcl), hcl);
      writeFile(join(outdir, paths.metadata), stableJson({ '//': json['//'] ?? {}, terraform }));
    } else {
      writeFile(join(outdir, paths.json), stableJson({ ...json, terraform }));
    }
  }
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

type CustomNode = IConstruct & { [CUSTOM_SYNTHESIS]?: { onSynthesize(session: ISynthesisSession): void } };

const ANNOTATION_LEVELS: readonly string[] = Object.values(AnnotationMetadataEntryType);

/** Without stack traces: they hold paths of the machine that synthesized. */
function annotationsOf(stack: TerraformStack): StackAnnotation[] {
  return stack.node.findAll().flatMap((node) =>
    node.node.metadata
      .filter(({ type }) => ANNOTATION_LEVELS.includes(type))
      .map(({ type, data }) => ({
        constructPath: node.node.path,
        level: type as AnnotationMetadataEntryType,
        message: String(data),
      })),
  );
}

/** The CLI prints errors itself and says so by an environment variable. */
function refuseErrors(annotations: readonly StackAnnotation[]): void {
  if (process.env['CDKTF_CONTINUE_SYNTH_ON_ERROR_ANNOTATIONS'] !== undefined) return;
  const errors = annotations.filter(({ level }) => level === AnnotationMetadataEntryType.ERROR);
  if (errors.length === 0) return;
  const lines = errors.map(({ constructPath, message }) => `[${constructPath}] ${message}`);
  throw new Error(`Encountered Annotations with level ERROR:\n${lines.join('\n')}`);
}

function clearFolder(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!KEPT.some((pattern) => pattern.test(name))) rmSync(join(folder, name), { recursive: true });
  }
}

function writeFile(path: string, content: string, mode = 0o644): void {
  if (!existsSync(dirname(path))) mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  // The mode of a new file depends on the umask, and the archive keeps it.
  chmodSync(path, mode);
}

/** JSON with sorted keys, so that two synths can be compared byte by byte. */
function stableJson(value: Json): string {
  return `${JSON.stringify(sorted(value), undefined, 2)}\n`;
}

function sorted(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(sorted);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
