/**
 * The provider's stand-in, in a process of its own: reads a request to its end and writes bytes that are ready. Does
 * as little as it can, since it shares the machine with what is measured.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { CASES } from './cases';
import { answerQuestions } from './parent';
import { answerPieces, type AnswerPieces } from './provider-answer';

let pieces: AnswerPieces = [];

const HEAD_END = '\r\n\r\n';

function serve(socket: Socket): void {
  let head = '';
  let bodyLeft = -1;
  socket.on('error', () => {});
  socket.on('data', (bytes: Buffer) => {
    let rest = bytes.length;
    if (bodyLeft < 0) {
      const before = head.length;
      head += bytes.toString('latin1');
      const end = head.indexOf(HEAD_END);
      if (end === -1) return;
      const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
      if (length === undefined) throw new Error('a request came without its length');
      rest = before + bytes.length - end - HEAD_END.length;
      bodyLeft = Number(length);
      head = '';
    }
    bodyLeft -= rest;
    if (bodyLeft > 0) return;
    bodyLeft = -1;
    write(socket, pieces, 0);
  });
}

function write(socket: Socket, answer: AnswerPieces, index: number): void {
  const piece = answer[index];
  if (piece === undefined || socket.destroyed) return;
  socket.write(piece);
  if (index + 1 < answer.length) setImmediate(write, socket, answer, index + 1);
}

const server = createServer({ noDelay: true }, serve).listen(0, '127.0.0.1', () => {
  answerQuestions(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {
    case: (name) => {
      const found = CASES.find((each) => each.name === name);
      if (found === undefined) throw new Error(`there is no case ${String(name)}`);
      pieces = answerPieces(found);
    },
    close: () => process.exit(0),
  });
});
