import { TerraformStack, type TerraformBackend } from 'cdktf';
import type { Construct } from 'constructs';
import type { JsonObject } from './hcl-expressions';
import { writeHclFiles } from './hcl-files';
import { ARCHIVE_LIMIT, archiveSize, checkFilePath } from './template-files';
import { TemplateSynthesizer } from './template-synthesizer';

/**
 * A stack that becomes a Coder template: native HCL by theme and the files it refers to, nothing else.
 *
 * Native, because Coder's form does not see the nested blocks of JSON syntax. Without a backend, because Coder
 * keeps the state itself and loses sight of one that lies elsewhere.
 */
export class TemplateStack extends TerraformStack {
  private readonly files = new Map<string, string>();

  constructor(scope: Construct, id: string) {
    super(scope, id);
    this.synthesizer = new TemplateSynthesizer(this);
  }

  /**
   * Ships a file beside the HCL, for `file("${path.module}/…")`.
   *
   * @param path relative, parts joined by "/"
   * @throws Error when Coder would lose the file, or another has its name
   */
  addFile(path: string, content: string): void {
    checkFilePath(path, this.files);
    this.files.set(path, content);
  }

  /**
   * Everything that is pushed: text by relative path.
   *
   * @throws Error when it is more than Coder takes
   */
  templateFiles(): ReadonlyMap<string, string> {
    const files = new Map([...this.hclFiles(), ...this.files]);
    const size = archiveSize(files);
    if (size > ARCHIVE_LIMIT) {
      const largest = [...files]
        .map(([path, content]) => ({ path, bytes: Buffer.byteLength(content) }))
        .sort((a, b) => b.bytes - a.bytes)
        .slice(0, 3)
        .map(({ path, bytes }) => `${path} (${bytes})`);
      throw new Error(
        `${this.node.path}: the template has ${size} bytes as an archive, Coder takes ${ARCHIVE_LIMIT}: ` +
          `make it smaller; its largest files are ${largest.join(', ')}`,
      );
    }
    return files;
  }

  private hclFiles(): Map<string, string> {
    return writeHclFiles(this, this.toTerraform() as JsonObject);
  }

  // Coder runs Terraform with a state file of its own making.
  override ensureBackendExists(): TerraformBackend {
    return undefined as unknown as TerraformBackend;
  }

  // cdktf's own renderer does not escape quotes, backslashes and heredoc ends.
  override toHclTerraform(): { hcl: string; metadata: JsonObject } {
    const { '//': metadata, terraform } = super.toTerraform() as JsonObject;
    return {
      hcl: [...this.hclFiles().values()].join('\n'),
      metadata: { '//': metadata ?? {}, terraform: terraform ?? {} },
    };
  }
}
