import { TerraformStack, type TerraformBackend } from 'cdktf';
import type { Construct } from 'constructs';
import { isObject, type Json, type JsonObject } from './hcl/expressions';
import { writeHclFiles } from './hcl/files';
import { FORM_RULES, type Rule } from './form-rules';
import { FILE_TITLES } from './hcl/layout';
import { ProviderSchemas } from './provider-schemas';
import { checkArchiveSize, checkFilePath } from './template-files';
import { TemplateSynthesizer } from './template-synthesizer';

export interface TemplateStackProps {
  /**
   * The schemas that tell nested blocks from attributes.
   * @default - the schema files under providers/
   */
  readonly schemas?: ProviderSchemas;

  /**
   * The Terraform versions that may run this stack.
   * @default - not stated
   */
  readonly requiredVersion?: string;

  /**
   * Version constraints by provider name, in place of the one version the bindings were made from.
   * @default - the version of the bindings
   */
  readonly providerVersions?: Readonly<Record<string, string>>;

  /**
   * What the stack must hold to.
   * @default - all rules of a Coder template
   */
  readonly rules?: readonly Rule[];

  /**
   * The first line of each file, by its name without `.tf`; their order is that of the files.
   * @default - what the files of a Coder template hold
   */
  readonly titles?: Readonly<Record<string, string>>;
}

/**
 * A stack whose folder under `stacks/` can be pushed to Coder, or applied, as it is: native HCL in several files, the files
 * added with `addFile`, no backend, no generator's metadata.
 */
export class TemplateStack extends TerraformStack {
  public readonly schemas: ProviderSchemas;
  public readonly rules: readonly Rule[];
  private readonly titles: Readonly<Record<string, string>>;
  private readonly files = new Map<string, string>();
  private readonly executables = new Set<string>();
  private resolved: { readonly whole: JsonObject; readonly bare: JsonObject } | undefined;

  public constructor(scope: Construct, id: string, props: TemplateStackProps = {}) {
    super(scope, id);
    this.schemas = props.schemas ?? ProviderSchemas.fromProvidersFolder();
    this.rules = props.rules ?? FORM_RULES;
    this.titles = props.titles ?? FILE_TITLES;
    this.synthesizer = new TemplateSynthesizer(this);
    if (props.requiredVersion !== undefined) {
      this.addOverride('terraform.required_version', props.requiredVersion);
    }
    for (const [name, version] of Object.entries(props.providerVersions ?? {})) {
      this.addOverride(`terraform.required_providers.${name}.version`, version);
    }
  }

  /**
   * Ships a file beside the HCL, mode 0644 or 0755, with `\n` line ends. Terraform reaches it as
   * `${path.module}/<path>`.
   *
   * @param path relative, parts joined by "/"
   * @param executable by default not
   * @throws Error when Coder would lose the file, or another has its name
   */
  public addFile(path: string, content: string, executable = false): void {
    checkFilePath(path, this.files);
    this.files.set(path, content.replace(/\r\n/g, '\n'));
    if (executable) this.executables.add(path);
  }

  /** Whether a shipped file may be run as it is; the archive keeps it. */
  public isExecutable(path: string): boolean {
    return this.executables.has(path);
  }

  /** What `addFile` was given: text by path. */
  public get shippedFiles(): ReadonlyMap<string, string> {
    return new Map(this.files);
  }

  /**
   * Everything that is pushed: text by relative path.
   *
   * @throws Error when it is more than Coder takes
   */
  public templateFiles(): ReadonlyMap<string, string> {
    const added = [...this.files].sort(([a], [b]) => (a < b ? -1 : 1));
    const files = new Map([...this.hclFiles(), ...added]);
    checkArchiveSize(files);
    return files;
  }

  /**
   * No backend: Coder keeps the state in its own working folder, and cdktf's default would name a path of the machine that
   * synthesized.
   */
  public override ensureBackendExists(): TerraformBackend {
    return undefined as unknown as TerraformBackend;
  }

  /** The stack in Terraform's JSON syntax, without the generator's `"//"` metadata. */
  public override toTerraform(): JsonObject {
    return this.resolved?.bare ?? (withoutMetadata(super.toTerraform() as JsonObject) as JsonObject);
  }

  /** The stack as cdktf would write it: the cdktf CLI reads the `"//"` parts. */
  public toTerraformWithMetadata(): JsonObject {
    return this.resolved?.whole ?? (super.toTerraform() as JsonObject);
  }

  /**
   * Does work that reads the stack many times and does not change it: resolving every token is the dearest part of a
   * synth and is done once.
   */
  public unchanged<Result>(work: () => Result): Result {
    const whole = super.toTerraform() as JsonObject;
    this.resolved = { whole, bare: withoutMetadata(whole) as JsonObject };
    try {
      return work();
    } finally {
      this.resolved = undefined;
    }
  }

  /** The stack as native HCL: text by file name, one file per theme. */
  public hclFiles(): ReadonlyMap<string, string> {
    return writeHclFiles(this, this.toTerraform(), this.schemas, this.titles);
  }

  /** The HCL files as one text, and the metadata that the cdktf CLI reads after synth. */
  public override toHclTerraform(): { hcl: string; metadata: JsonObject } {
    const json = this.toTerraformWithMetadata();
    const terraform = isObject(json['terraform']) ? json['terraform'] : {};
    return {
      hcl: [...this.hclFiles().values()].join('\n'),
      metadata: {
        '//': json['//'] ?? {},
        terraform: { ...terraform, required_providers: terraform['required_providers'] ?? {} },
      },
    };
  }
}

function withoutMetadata(value: Json): Json {
  if (Array.isArray(value)) return (value as readonly Json[]).map(withoutMetadata);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '//')
      .map(([key, inner]) => [key, withoutMetadata(inner)]),
  );
}
