/** What a body carries beside text: its tokens do not follow from the bytes it is sent as. */
import { innerBlocks, type ContentBlock, type Turn } from './request';

export interface MediaWeight {
  readonly images: number;
  /** Bytes of the images' base64 text, at most those that are in the body; an image's tokens do not follow from them. */
  readonly imageBytes: number;
  /** Documents whose tokens may be more than their bytes: packed, only named, or cut up so that they can be cited. */
  readonly unboundDocuments: number;
  /** Images and documents whose tokens a count may miss: only named, so that they may change, or to be cited. */
  readonly uncountable: number;
  /** Bytes of earlier thoughts, which a count may leave out. */
  readonly thoughtBytes: number;
}

/** The images and documents that turns carry, wherever they sit, where they are written as they stand. */
export function weighMedia(turns: readonly Turn[]): MediaWeight {
  let images = 0;
  let imageBytes = 0;
  let unboundDocuments = 0;
  let uncountable = 0;
  let thoughtBytes = 0;
  const weigh = (block: ContentBlock): void => {
    innerBlocks(block).forEach(weigh);
    if (isUnbound(block)) unboundDocuments += 1;
    if (isUncountable(block)) uncountable += 1;
    thoughtBytes += bytesOfThought(block);
    if (block.type !== 'image') return;
    images += 1;
    if (block.source.type === 'base64') imageBytes += block.source.data.length;
  };
  for (const turn of turns) turn.content.forEach(weigh);
  return { images, imageBytes, unboundDocuments, uncountable, thoughtBytes };
}

function isUnbound(block: ContentBlock): boolean {
  if (block.type !== 'document' && block.type !== 'search_result') return false;
  // The provider numbers the sentences of what may be cited, and a sentence may be shorter than its number.
  if (mayBeCited(block.citations)) return true;
  return block.type === 'document' && (block.source.type === 'base64' || block.source.type === 'url');
}

function isUncountable(block: ContentBlock): boolean {
  if (block.type === 'image') return block.source.type !== 'base64';
  if (block.type !== 'document' && block.type !== 'search_result') return false;
  if (mayBeCited(block.citations)) return true;
  return block.type === 'document' && !COUNTED_SOURCES.includes(block.source.type);
}

const COUNTED_SOURCES: readonly string[] = ['base64', 'text', 'content'];
/** Around the bytes of a thought in its JSON. */
const THOUGHT_FRAME = 64;

function bytesOfThought(block: ContentBlock): number {
  if (block.type === 'thinking') return bytesOf(block.thinking) + bytesOf(block.signature) + THOUGHT_FRAME;
  return block.type === 'redacted_thinking' ? bytesOf(block.data) + THOUGHT_FRAME : 0;
}

/** What a client wrote in its own words may be no text; the provider refuses it then. */
const bytesOf = (text: unknown): number => (typeof text === 'string' ? Buffer.byteLength(text) : 0);

const mayBeCited = (citations: unknown): boolean =>
  citations !== null &&
  typeof citations === 'object' &&
  (citations as { enabled?: unknown }).enabled !== false;
