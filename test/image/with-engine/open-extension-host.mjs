/**
 * Opens the editor's host of extensions, as VS Code in a browser does: the first words of its protocol, no more.
 *
 * Argument: the editor's port on loopback. Ends when the host runs; the editor keeps it for a client that comes back.
 */
import { randomUUID } from 'node:crypto';

const CONTROL = 2;
const EXTENSION_HOST = 2;
const HEADER = 13;

const query = new URLSearchParams({
  reconnectionToken: randomUUID(),
  reconnection: 'false',
  skipWebSocketFrames: 'false',
});
const socket = new WebSocket(`ws://127.0.0.1:${process.argv.at(-1)}/?${query}`);
socket.binaryType = 'arraybuffer';

const end = (status, words) => {
  process.stdout.write(`${words}\n`);
  process.exit(status);
};
const send = (message) => {
  const body = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(CONTROL, 0);
  header.writeUInt32BE(body.length, 9);
  socket.send(Buffer.concat([header, body]));
};

let received = Buffer.alloc(0);
function* messages(data) {
  received = Buffer.concat([received, Buffer.from(data)]);
  while (received.length >= HEADER && received.length >= HEADER + received.readUInt32BE(9)) {
    const size = HEADER + received.readUInt32BE(9);
    yield { type: received[0], body: received.subarray(HEADER, size).toString() };
    received = received.subarray(size);
  }
}

setTimeout(() => end(1, 'the editor did not open a host of extensions in time'), 60_000);
socket.onerror = ({ message }) => end(1, `no connection to the editor: ${message}`);
socket.onclose = ({ code }) => end(1, `the editor closed the connection (${code})`);
socket.onopen = () => send({ type: 'auth', auth: '00000000000000000000', data: '' });
socket.onmessage = ({ data }) => {
  for (const { type, body } of messages(data)) {
    // The host itself speaks: it has started.
    if (type === 1) end(0, 'the host of extensions runs');
    if (type !== CONTROL) continue;
    const message = JSON.parse(body);
    if (message.type === 'error') end(1, `the editor refuses: ${message.reason}`);
    if (message.type === 'sign') {
      send({
        type: 'connectionType',
        signedData: message.data,
        desiredConnectionType: EXTENSION_HOST,
        args: { language: 'en' },
      });
    }
  }
};
