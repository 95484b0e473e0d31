/** The document that the gateway is built with: what holds as long as nobody says anything else. */
import { catalog } from '../../src/catalog';
import { renderGatewayDocument } from '../../src/gateway-document';
import { policy } from '../../src/policy';
import { directoryOf, type Directory } from '../config/directory';
import { checkDocument } from '../config/document-check';

export const builtInDocument = (): Directory =>
  directoryOf(checkDocument('built in', renderGatewayDocument(catalog, policy)));
