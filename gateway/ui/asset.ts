/** The stylesheet, script and picture of every page: files of ours under addresses that change with what is in them. */
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';

export interface Asset {
  readonly type: string;
  readonly body: Buffer;
}

const DIRECTORY = join(__dirname, 'assets');
const BASE = '/ui/assets/';
const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
};
/** Hexadecimal digits: enough that no two versions of a file have the same. */
const DIGITS = 16;

export interface Assets {
  /** Where a file is, by its name. Throws where there is none: a template names one that is not there. */
  urlOf(name: string): string;
  at(path: string): Asset | undefined;
}

export function readAssets(directory = DIRECTORY): Assets {
  const urls = new Map<string, string>();
  const assets = new Map<string, Asset>();
  for (const name of readdirSync(directory)) {
    const extension = extname(name);
    const type = TYPES[extension];
    if (type === undefined) throw new Error(`nothing is known of files such as ${name} in ${directory}`);
    const body = readFileSync(join(directory, name));
    const stem = name.slice(0, -extension.length);
    const url = `${BASE}${stem}-${hash('sha256', body, 'hex').slice(0, DIGITS)}${extension}`;
    urls.set(name, url);
    assets.set(url, { type, body });
  }
  return {
    urlOf(name) {
      const url = urls.get(name);
      if (url === undefined) throw new Error(`there is no ${name} in ${directory}`);
      return url;
    },
    at: (path) => assets.get(path),
  };
}
