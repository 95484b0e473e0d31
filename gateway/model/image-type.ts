/**
 * What kind of image some bytes are, by how they begin: clients name the type by a file's name, or always the same one,
 * and providers refuse an image that is another one than it is said to be.
 */

interface Beginning {
  readonly type: string;
  /** Hexadecimal; a dot stands for any digit. */
  readonly bytes: string;
}

// Sources: the formats' own specifications (PNG 1.2, JPEG's start-of-image marker, GIF89a, WebP's RIFF header).
const BEGINNINGS: readonly Beginning[] = [
  { type: 'image/png', bytes: '89504e470d0a1a0a' },
  { type: 'image/jpeg', bytes: 'ffd8ff' },
  { type: 'image/gif', bytes: '474946383761' },
  { type: 'image/gif', bytes: '474946383961' },
  { type: 'image/webp', bytes: '52494646........57454250' },
];

/** Characters of base64 in which the longest beginning is, blanks and line breaks among them as some write them. */
const LOOKED_AT = 32;

/** @returns undefined for bytes that begin like none of the images that providers take */
export function imageTypeOf(base64: string): string | undefined {
  const bytes = Buffer.from(base64.slice(0, LOOKED_AT), 'base64').toString('hex');
  return BEGINNINGS.find(({ bytes: wanted }) => beginsLike(bytes, wanted))?.type;
}

const beginsLike = (bytes: string, wanted: string): boolean =>
  bytes.length >= wanted.length && [...wanted].every((digit, at) => digit === '.' || digit === bytes[at]);
