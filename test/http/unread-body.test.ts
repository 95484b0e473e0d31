import { createServer, type Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { sendJson } from '../../gateway/http/exchange';
import { eventually } from '../gateway/support/gateway';

const MIB = 1024 * 1024;

describe('an answer before the body was read', () => {
  let server: Server;
  const accepted: Socket[] = [];
  const clients: Socket[] = [];
  beforeAll(async () => {
    server = createServer((request, response) => {
      sendJson({ id: 'id', request, response }, 402, '{"told":true}');
    }).on('connection', (socket: Socket) => accepted.push(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });
  beforeEach(() => {
    accepted.length = 0;
  });
  afterEach(() => clients.splice(0).forEach((client) => client.destroy()));

  function open(head: string) {
    const socket = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1' });
    const connection = { socket, heard: '', isClosed: false };
    clients.push(socket);
    socket
      .on('data', (chunk) => (connection.heard += chunk.toString()))
      .on('error', () => {})
      .on('close', () => (connection.isClosed = true));
    socket.write(`POST / HTTP/1.1\r\nhost: x\r\n${head}\r\n\r\n`);
    return connection;
  }
  const answered = (connection: ReturnType<typeof open>, times = 1) =>
    eventually(() => (connection.heard.split('{"told":true}').length > times ? true : undefined));

  test('leaves the connection to the next request where little is to come', async () => {
    const body = Buffer.alloc(MIB, 'x');
    const connection = open(`content-length: ${body.length}`);
    await answered(connection);
    expect(connection.heard).not.toMatch(/connection: close/i);
    connection.socket.write(body);
    connection.socket.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await answered(connection, 2);
    expect(connection.isClosed).toBe(false);
  });

  test.each([
    ['long', `content-length: ${64 * MIB}`, Buffer.alloc(MIB, 'x')],
    [
      'of unknown length',
      'transfer-encoding: chunked',
      Buffer.concat([Buffer.from(`${MIB.toString(16)}\r\n`), Buffer.alloc(MIB, 'x'), Buffer.from('\r\n')]),
    ],
  ])('is heard by who sends on, and closes the connection, where the rest is %s', async (_, head, piece) => {
    const connection = open(head);
    for (let sent = 0; sent < 2; sent += 1) connection.socket.write(piece);
    await answered(connection);
    expect(connection.heard).toMatch(/^HTTP\/1\.1 402 [^]*connection: close/i);
    const writing = setInterval(() => {
      if (connection.socket.writableLength < 4 * MIB) connection.socket.write(piece);
    }, 1);
    await eventually(() => connection.isClosed || undefined);
    clearInterval(writing);
    expect(accepted[0]?.bytesRead).toBeLessThan(6 * MIB);
  });

  test('ends with the body where the connection closes anyway', async () => {
    const connection = open('transfer-encoding: chunked');
    await answered(connection);
    connection.socket.write('1\r\nx\r\n0\r\n\r\n');
    await eventually(() => connection.isClosed || undefined);
    expect(accepted[0]?.bytesRead).toBeLessThan(200);
  });
});
