/**
 * Which deployments may answer, in the order they are tried.
 *
 * Where a model's providers have ended it, its successor answers: under its own name in the ledger, at its own prices
 * and with its own abilities. Whoever asks needs leave for both: for the model asked for, which `policy` has looked
 * at, and for the one that answers. Leave for a model is leave for its successors as long as they are no dearer
 * (`model-leave.ts`): keys outlive the models they were given for, and the end of a cheap model opens no dear one.
 */
import type { CallContext } from '../call-context';
import type { ModelDocument } from '../config/document';
import { GatewayError } from '../errors';
import { providerKey } from '../providers/provider';
import { servingOf } from '../providers/serving';

export function route(call: CallContext): void {
  const { providers, now } = call.services;
  const asked = call.model;
  const { model, candidates } = servingOf(asked, call.directory, providers, now());
  if (candidates.length === 0) throw notConfigured(asked);
  if (model !== asked) handOver(call, model);
  call.candidates = candidates;
}

function handOver(call: CallContext, successor: ModelDocument): void {
  const { model: asked, entitlement } = call;
  if (!entitlement.models.includes(successor))
    throw new GatewayError('model_not_allowed', {
      message: `key not allowed to access model. ${asked.name} has been ended by its provider and ${successor.name} answers for it, which this key may not use. This key can only access models=[${entitlement.models.map(({ name }) => `'${name}'`).join(', ')}]`,
    });
  warnOnce(call, asked, successor);
  call.retired = asked;
  call.model = successor;
}

/** Those of documents in force; a document that is read anew has others. */
const warned = new WeakSet<ModelDocument>();

function warnOnce({ services }: CallContext, asked: ModelDocument, successor: ModelDocument): void {
  if (warned.has(asked)) return;
  warned.add(asked);
  services.logger.warn('a model has no deployment left that was not ended: its successor answers', {
    model: asked.name,
    successor: successor.name,
  });
}

function notConfigured({ name, deployments }: ModelDocument): GatewayError {
  const wanted = [...new Set(deployments.map(providerKey))].join(', ');
  return new GatewayError('provider_not_configured', {
    message: `The model ${name} is served by: ${wanted}. This gateway has no such provider configured; choose another model or ask an administrator.`,
  });
}
