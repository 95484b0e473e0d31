import { ARCHIVE_LIMIT, archiveSize } from '../../synth/template-files';
import type { FolderEntry } from '../template-folder';
import { ok, type Finding } from './check';

/** Coder cuts a file that is longer, without a word. */
const LONGEST_FILE = 10 * 1024 * 1024;

interface PathRule {
  readonly applies: (path: string) => boolean;
  readonly says: string;
  readonly todo: string;
  /** @default - an error */
  readonly isWanted?: boolean;
}

const isHidden = (path: string): boolean => path.split('/').some((part) => part.startsWith('.'));

/** What Coder leaves out of the archive, the first rule that applies. */
const LEFT_OUT: readonly PathRule[] = [
  {
    applies: (path) => /(^|\/)\.(terraform|git|gitignore|gitkeep|gitattributes|DS_Store)(\/|$)/.test(path),
    says: 'is left out, as it should be',
    todo: '',
    isWanted: true,
  },
  {
    applies: (path) => path !== '.terraform.lock.hcl' && isHidden(path),
    says: 'begins with a dot, and Coder leaves it out without a word',
    todo: 'give it a name without a dot and let a script or the Dockerfile rename it',
  },
  {
    applies: (path) => path.includes('.tfstate'),
    says: 'is state: Coder leaves it out',
    todo: '',
    isWanted: true,
  },
  {
    applies: (path) => /^terraform\.tfvars(\.json)?$|^[^/]+\.auto\.tfvars(\.json)?$/.test(path),
    says: 'holds values: coder reads it on this machine and leaves it out',
    todo: '',
    isWanted: true,
  },
  {
    applies: (path) => /\.tfvars(\.json)?$/.test(path),
    says: "is a file of values in a subfolder: Coder leaves it out or its form reads it as the workspace's own",
    todo: 'move it out of the template',
  },
];

/** What reaches the server and does not mean there what it means here. */
const MISLEADING: readonly PathRule[] = [
  {
    applies: (path) => /(^|_)override\.tf(\.json)?$/.test(path),
    says: "overrides blocks of other files: Coder's form does not merge it and shows something else than Terraform builds",
    todo: 'write the blocks as they are meant',
  },
  {
    applies: (path) => /\.tf\.json$/.test(path),
    says: "is Terraform in JSON syntax: Coder's form does not see options and validations in it",
    todo: 'write it as HCL',
  },
];

const ruleFor = (rules: readonly PathRule[], { path }: FolderEntry): PathRule | undefined =>
  rules.find(({ applies }) => applies(path));

/** What of a folder reaches the server. */
export const pushedEntries = (entries: readonly FolderEntry[]): FolderEntry[] =>
  entries.filter((entry) => entry.kind === 'file' && ruleFor(LEFT_OUT, entry) === undefined);

/** Whether everything that is needed arrives, and as what it is. */
export function checkPaths(entries: readonly FolderEntry[]): Finding[] {
  const broken = entries.flatMap((entry): Finding[] => {
    const finding = (says: string, todo: string): Finding[] => [
      { check: 'paths', state: 'error', says: `${entry.path} ${says}`, todo },
    ];
    if (entry.kind !== 'file') {
      return finding(
        `is a ${entry.kind === 'link' ? 'symbolic link' : 'special file'}, which the server does not restore`,
        'put the file itself there',
      );
    }
    const rule = ruleFor([...LEFT_OUT, ...MISLEADING], entry);
    if (rule !== undefined) return rule.isWanted === true ? [] : finding(rule.says, rule.todo);
    return entry.bytes > LONGEST_FILE
      ? finding(`has ${entry.bytes} bytes, and Coder cuts files at ${LONGEST_FILE}`, 'put it into the image')
      : [];
  });
  const left = entries.filter((entry) => ruleFor(LEFT_OUT, entry)?.isWanted === true);
  return [
    ...broken,
    ...(broken.length === 0 ? [ok('paths', 'every file that is needed reaches the server')] : []),
    ...(left.length === 0
      ? []
      : [
          {
            check: 'paths',
            state: 'note' as const,
            says: 'some files stay here, as they should',
            places: left.map((entry) => `${entry.path} ${ruleFor(LEFT_OUT, entry)?.says ?? ''}`),
          },
        ]),
  ];
}

/** Whether Coder takes the archive. */
export function checkArchive(entries: readonly FolderEntry[]): Finding {
  const pushed = pushedEntries(entries);
  // As many characters as the file has bytes: the size of the archive depends on nothing else of it.
  const size = archiveSize(
    new Map(pushed.map(({ path, bytes }) => [path, ' '.repeat(Math.min(bytes, LONGEST_FILE))])),
  );
  if (size <= ARCHIVE_LIMIT) {
    const share = Math.ceil((100 * size) / ARCHIVE_LIMIT);
    return ok(
      'archive',
      `${pushed.length} files, ${size} bytes as an archive, ${share} % of what Coder takes`,
    );
  }
  return {
    check: 'archive',
    state: 'error',
    says: `${size} bytes as an archive, Coder takes ${ARCHIVE_LIMIT}`,
    todo: 'put the largest files into the image',
    places: [...pushed]
      .sort((a, b) => b.bytes - a.bytes)
      .slice(0, 5)
      .map(({ path, bytes }) => `${path}: ${bytes} bytes`),
  };
}
