import { createServer, type RequestListener, type Server } from 'node:http';

/**
 * An HTTP server that leaves it to its clients to close connections. One that closes them by itself after some seconds
 * may do so just as the next call is sent, which looks as if it had broken off in the middle of it.
 */
export function patientServer(answer: RequestListener): Server {
  const server = createServer(answer);
  server.keepAliveTimeout = 600_000;
  return server;
}
