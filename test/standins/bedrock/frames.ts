/** AWS's event stream encoding, written after its published layout and not with the library that the gateway reads it by. */
import { crc32 } from 'node:zlib';

const STRING = 7;

function header(name: string, value: string): Buffer {
  const [key, text] = [Buffer.from(name), Buffer.from(value)];
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([Buffer.from([key.length]), key, Buffer.from([STRING]), length, text]);
}

/** Lengths, their sum, headers, payload, the sum of it all. */
export function frame(headers: Readonly<Record<string, string>>, payload: Buffer): Buffer {
  const names = Buffer.concat(Object.entries(headers).map(([name, value]) => header(name, value)));
  const prelude = Buffer.alloc(12);
  prelude.writeUInt32BE(16 + names.length + payload.length, 0);
  prelude.writeUInt32BE(names.length, 4);
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8);
  const head = Buffer.concat([prelude, names, payload]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(head));
  return Buffer.concat([head, sum]);
}

/** An event of the Messages format as InvokeModelWithResponseStream packs it; `p` is filling of random length. */
export function chunk(event: object): Buffer {
  const bytes = Buffer.from(JSON.stringify(event)).toString('base64');
  const p = 'abcdefghijklmnopqrstuvwxyz'.slice(0, 1 + (bytes.length % 26));
  return frame(
    { ':event-type': 'chunk', ':content-type': 'application/json', ':message-type': 'event' },
    Buffer.from(JSON.stringify({ bytes, p })),
  );
}

/** @param type as streams spell it: throttlingException */
export function exceptionFrame(type: string, message: string): Buffer {
  return frame(
    { ':exception-type': type, ':content-type': 'application/json', ':message-type': 'exception' },
    Buffer.from(JSON.stringify({ message })),
  );
}
