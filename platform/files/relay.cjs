// Run within a container of the platform: hands on between its own input and output and a server that only it reaches.
const { connect } = require('node:net');

const [host, port] = process.argv.slice(1);
const socket = connect({ host, port: Number(port) });
socket.once('error', ({ code, message }) => {
  process.stderr.write(`${host}:${port}: ${code ?? message}\n`);
  process.exitCode = 1;
});
socket.once('close', () => process.exit());
process.stdin.pipe(socket);
socket.pipe(process.stdout);
