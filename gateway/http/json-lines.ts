/** An answer that comes line by line, each a JSON value, while what it tells of goes on. */
import { identify, type Exchange } from './exchange';

export class JsonLines {
  constructor(readonly exchange: Exchange) {}

  get hasBegun(): boolean {
    return this.exchange.response.headersSent;
  }

  /** Left out while the client has not read the line before: the next one says more. */
  write(line: unknown): void {
    const { response } = this.exchange;
    if (this.hasBegun && response.writableNeedDrain) return;
    this.#begin();
    response.write(`${JSON.stringify(line)}\n`);
  }

  end(line: unknown): void {
    this.#begin();
    this.exchange.response.end(`${JSON.stringify(line)}\n`);
  }

  #begin(): void {
    if (this.hasBegun) return;
    const { id, response } = this.exchange;
    response.writeHead(200, {
      'content-type': 'application/x-ndjson; charset=utf-8',
      'cache-control': 'no-store',
      ...identify(id),
    });
  }
}
