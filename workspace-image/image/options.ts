/** What `npm run image` was asked for. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

export interface ImageOptions {
  readonly tag: string;
  readonly outdir: string;
  readonly contextOnly: boolean;
  readonly json: boolean;
  readonly help: boolean;
  readonly baseImage?: string;
  readonly npmRegistry?: string;
  readonly gallery?: string;
  readonly aptMirror?: string;
  readonly aptSecurityMirror?: string;
  readonly network?: string;
  /** Paths of VSIX files. */
  readonly vsix: readonly string[];
  /** In PEM form, one each. */
  readonly certificates: readonly string[];
}

const OPTIONS = {
  tag: { type: 'string', default: 'contractor-workspace:1' },
  outdir: { type: 'string', default: 'cdktf.out/image' },
  'base-image': { type: 'string' },
  'npm-registry': { type: 'string' },
  gallery: { type: 'string' },
  vsix: { type: 'string' },
  'ca-certificate': { type: 'string' },
  'apt-mirror': { type: 'string' },
  'apt-security-mirror': { type: 'string' },
  network: { type: 'string' },
  'context-only': { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

const REFERENCE = /^[a-z0-9][a-z0-9._/:-]*?(:[\w][\w.-]{0,127}|@sha256:[0-9a-f]{64})$/;
const NETWORK = /^[A-Za-z0-9][\w.-]*$/;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;

function addressFault(option: string, value: string): string | undefined {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) {
    return `--${option} must be an address that starts with https:// or http://, got "${value}"`;
  }
  if (url.username !== '' || url.password !== '') {
    return `--${option} must not hold a user or a password: it would stay in the image's history; use a mirror that needs none`;
  }
  return undefined;
}

function listVsix(folder: string, faults: string[]): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.toLowerCase().endsWith('.vsix'))
      .sort()
      .map((name) => join(folder, name));
  } catch {
    faults.push(`--vsix must name a folder with .vsix files, got "${folder}"`);
    return [];
  }
}

function readCertificates(path: string, faults: string[]): string[] {
  const text = statSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8') : '';
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0) {
    faults.push(
      `--ca-certificate must name a file with certificates in PEM form (BEGIN CERTIFICATE), got "${path}"`,
    );
  }
  if (text.includes('PRIVATE KEY')) {
    faults.push(
      `--ca-certificate names "${path}", which holds a private key: give a file with certificates only`,
    );
  }
  return found.map((certificate) => `${certificate}\n`);
}

/** @throws Error that names every fault of the command line */
export function readOptions(args: readonly string[]): ImageOptions {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true });
  const faults: string[] = [];
  for (const option of ['npm-registry', 'gallery', 'apt-mirror', 'apt-security-mirror'] as const) {
    const fault = values[option] === undefined ? undefined : addressFault(option, values[option]);
    if (fault) faults.push(fault);
  }
  for (const option of ['tag', 'base-image'] as const) {
    const value = values[option];
    if (value !== undefined && !REFERENCE.test(value)) {
      faults.push(
        `--${option} must be "name:tag" or "name@sha256:<64 hex digits>", got "${value}": pin a version`,
      );
    }
  }
  if (values.network !== undefined && !NETWORK.test(values.network)) {
    faults.push(`--network must be the name of a Docker network, "host" or "none", got "${values.network}"`);
  }
  const vsix = values.vsix === undefined ? [] : listVsix(values.vsix, faults);
  const certificate = values['ca-certificate'];
  const certificates = certificate === undefined ? [] : readCertificates(certificate, faults);
  if (faults.length > 0) {
    throw new Error(`npm run image cannot begin\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
  }
  return {
    tag: values.tag,
    outdir: values.outdir,
    contextOnly: values['context-only'],
    json: values.json,
    help: values.help,
    baseImage: values['base-image'],
    npmRegistry: values['npm-registry'],
    gallery: values.gallery,
    aptMirror: values['apt-mirror'],
    aptSecurityMirror: values['apt-security-mirror'],
    network: values.network,
    vsix,
    certificates,
  };
}
