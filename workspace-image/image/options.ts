/** What `contractor-workspace image` was asked for. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from '../../terminal/fault';

/** As it was typed. */
export interface ImageWords {
  readonly tag: string;
  readonly outdir: string;
  readonly contextOnly?: boolean;
  readonly json?: boolean;
  readonly baseImage?: string;
  readonly npmRegistry?: string;
  readonly gallery?: string;
  readonly vsix?: string;
  readonly caCertificate?: string;
  readonly aptMirror?: string;
  readonly aptSecurityMirror?: string;
  readonly network?: string;
}

export interface ImageOptions {
  readonly tag: string;
  readonly outdir: string;
  readonly contextOnly: boolean;
  readonly json: boolean;
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

const ADDRESSES = {
  npmRegistry: 'npm-registry',
  gallery: 'gallery',
  aptMirror: 'apt-mirror',
  aptSecurityMirror: 'apt-security-mirror',
} as const;

/** @throws UsageError that names every fault of the command line */
export function checkOptions(words: ImageWords): ImageOptions {
  const faults: string[] = [];
  for (const [member, option] of Object.entries(ADDRESSES)) {
    const value = words[member as keyof typeof ADDRESSES];
    const fault = value === undefined ? undefined : addressFault(option, value);
    if (fault) faults.push(fault);
  }
  for (const [option, value] of [
    ['tag', words.tag],
    ['base-image', words.baseImage],
  ] as const) {
    if (value !== undefined && !REFERENCE.test(value)) {
      faults.push(
        `--${option} must be "name:tag" or "name@sha256:<64 hex digits>", got "${value}": pin a version`,
      );
    }
  }
  if (words.network !== undefined && !NETWORK.test(words.network)) {
    faults.push(`--network must be the name of a Docker network, "host" or "none", got "${words.network}"`);
  }
  const vsix = words.vsix === undefined ? [] : listVsix(words.vsix, faults);
  const certificates = words.caCertificate === undefined ? [] : readCertificates(words.caCertificate, faults);
  if (faults.length > 0) {
    throw new UsageError(`the image cannot be built\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
  }
  const { contextOnly = false, json = false, ...rest } = words;
  return { ...rest, contextOnly, json, vsix, certificates };
}
