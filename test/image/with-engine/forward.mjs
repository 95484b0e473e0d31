/**
 * Makes a port of the container's loopback one of its network, as Coder's agent does with the editor's.
 *
 * Arguments: the port to listen on, the port on loopback.
 */
import { connect, createServer } from 'node:net';

const [from, to] = process.argv.slice(-2).map(Number);
createServer((caller) => {
  const editor = connect(to, '127.0.0.1');
  caller.pipe(editor).pipe(caller);
  for (const socket of [caller, editor]) {
    socket.on('error', () => {
      caller.destroy();
      editor.destroy();
    });
  }
}).listen(from);
