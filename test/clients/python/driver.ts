/** A program in Python that does with an SDK what it is told, one thing after the other. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ClientGateway } from '../support';

export interface Fault {
  /** The class of the exception, and those it is derived from. */
  readonly classes: readonly string[];
  readonly status: number | null;
  readonly message: string;
}

export interface Driver {
  /** @throws Error with what the SDK has thrown */
  do<T>(action: string, wish?: object): Promise<T>;
  /** What the SDK throws. */
  fault(action: string, wish?: object): Promise<Fault>;
  end(): Promise<void>;
}

interface Reply {
  readonly result?: unknown;
  readonly error?: Fault;
}

/** Nothing of this machine's but what a Python needs: no proxy, no key, no file of anybody's. */
export function startDriver(script: string, gateway: ClientGateway): Driver {
  const python = process.env['PYTHON_WITH_CLIENTS'];
  if (python === undefined) throw new Error('run these by "npm run test:python-clients"');
  const child = spawn(python, [join(__dirname, script)], {
    env: {
      PATH: process.env['PATH'],
      PYTHONDONTWRITEBYTECODE: '1',
      GATEWAY_URL: gateway.dataUrl,
      GATEWAY_KEY: gateway.key,
      // Its own list of models otherwise comes from the internet.
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
      NO_PROXY: '127.0.0.1',
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (part) => (said = (said + String(part)).slice(-20_000)));
  const waiting: { done: (reply: Reply) => void; fail: (fault: Error) => void }[] = [];
  createInterface({ input: child.stdout }).on('line', (line) =>
    waiting.shift()?.done(JSON.parse(line) as Reply),
  );
  const ended = new Promise<void>((done) => {
    child.once('close', () => {
      for (const { fail } of waiting.splice(0)) fail(new Error(`${script} has ended:\n${said}`));
      done();
    });
  });
  child.stdin.on('error', () => {});
  const ask = (action: string, wish: object): Promise<Reply> =>
    new Promise((done, fail) => {
      waiting.push({ done, fail });
      child.stdin.write(`${JSON.stringify({ do: action, ...wish })}\n`);
    });
  return {
    async do<T>(action: string, wish = {}) {
      const { result, error } = await ask(action, wish);
      if (error) throw new Error(`${error.classes.join(' < ')}: ${error.message}\n${said}`);
      return result as T;
    },
    async fault(action, wish = {}) {
      const { result, error } = await ask(action, wish);
      if (error === undefined) throw new Error(`no fault, but ${JSON.stringify(result)}`);
      return error;
    },
    async end() {
      child.stdin.end();
      await ended;
    },
  };
}
