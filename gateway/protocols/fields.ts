/** Reads fields of a request body; every refusal names the field, what was sent and what is allowed. */
import { GatewayError } from '../errors';
import { show } from '../model/cut';
import { checkCount, checkLength, type LimitName } from '../model/request-limits';

export type Fields = Readonly<Record<string, unknown>>;

export function invalid(param: string, allowed: string, value: unknown): GatewayError {
  return new GatewayError('request_invalid', {
    message: `Invalid value for '${param}': expected ${allowed}, got ${show(value)}.`,
    param,
  });
}

export const isFields = (value: unknown): value is Fields =>
  value !== null && typeof value === 'object' && !Array.isArray(value);

export function object(param: string, value: unknown): Fields {
  if (!isFields(value)) throw invalid(param, 'an object', value);
  return value;
}

/** @param limit how many entries it may have, where there is a limit beside the body's own */
export function list(param: string, value: unknown, limit?: LimitName): readonly unknown[] {
  if (!Array.isArray(value)) throw invalid(param, 'a list', value);
  if (limit !== undefined) checkCount(param, value.length, limit);
  return value;
}

/** @param limit how long it may be; text without one must not meet an expression */
export function text(param: string, value: unknown, limit?: LimitName): string {
  if (typeof value !== 'string') throw invalid(param, 'a string', value);
  if (limit !== undefined) checkLength(param, value, limit);
  return value;
}

export const isAbsent = (value: unknown): value is null | undefined => value === null || value === undefined;

export function optionalText(param: string, value: unknown, limit?: LimitName): string | undefined {
  return isAbsent(value) ? undefined : text(param, value, limit);
}

export function optionalFlag(param: string, value: unknown): boolean {
  if (isAbsent(value)) return false;
  if (typeof value !== 'boolean') throw invalid(param, 'true or false', value);
  return value;
}

export function optionalNumber(
  param: string,
  value: unknown,
  least: number,
  most: number,
): number | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'number' || value < least || value > most)
    throw invalid(param, `a number from ${least} to ${most}`, value);
  return value;
}

export function optionalCount(param: string, value: unknown): number | undefined {
  if (isAbsent(value)) return undefined;
  if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 1)
    throw invalid(param, 'a whole number above 0', value);
  return value;
}
