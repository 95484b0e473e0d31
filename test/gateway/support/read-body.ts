/** Reads a body of JSON text as the gateway does, up to its model of a call. Prints the refusal, or what was withheld. */
import { GatewayError } from '../../../gateway/errors';
import { withholdTools } from '../../../gateway/enforcement/withhold-tools';
import { ElementAllowance } from '../../../gateway/http/element-allowance';
import { DEFAULT_LIMITS } from '../../../gateway/services';
import { PROTOCOLS } from '../../fuzz/protocols';

export function readBody(name: string, body: string): string {
  const protocol = PROTOCOLS.find((each) => each.name === name);
  if (protocol === undefined) throw new Error(`no protocol ${name}`);
  const elements = new ElementAllowance(DEFAULT_LIMITS.bodyElements);
  try {
    elements.take(body);
    const request = protocol.readRequest(JSON.parse(body), {}, elements);
    return `withheld ${withholdTools(request).length}`;
  } catch (fault) {
    if (!(fault instanceof GatewayError)) throw fault;
    return `${fault.status} ${fault.message}`;
  }
}
