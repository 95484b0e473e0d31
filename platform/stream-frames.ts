/** Docker's frames around what a container writes: a byte for the stream, three of nothing, four for the length. */

export interface Frame {
  readonly stream: 'stdout' | 'stderr';
  readonly content: Buffer;
}

const HEAD = 8;

/** @param chunks cut anywhere; each frame is passed on in as many pieces as it comes in */
export async function* withoutFrames(chunks: AsyncIterable<Buffer>): AsyncGenerator<Frame> {
  let head = Buffer.alloc(0);
  let left = 0;
  let stream: Frame['stream'] = 'stdout';
  for await (const chunk of chunks) {
    let at = 0;
    while (at < chunk.length) {
      if (left === 0) {
        const part = chunk.subarray(at, at + HEAD - head.length);
        head = Buffer.concat([head, part]);
        at += part.length;
        if (head.length < HEAD) break;
        stream = head[0] === 2 ? 'stderr' : 'stdout';
        left = head.readUInt32BE(4);
        head = Buffer.alloc(0);
        continue;
      }
      const content = chunk.subarray(at, at + left);
      at += content.length;
      left -= content.length;
      yield { stream, content };
    }
  }
}
