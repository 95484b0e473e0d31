import { CliError } from '../terminal/fault';

/** Certificates, keys or names that do not fit; the message is one list of all that is wrong. */
export class TlsFault extends CliError {
  constructor(readonly faults: readonly string[]) {
    super(`certificates that do not fit\n${faults.map((fault) => `- ${fault}`).join('\n')}`);
  }
}
