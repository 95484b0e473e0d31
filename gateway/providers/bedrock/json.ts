/** What Bedrock says as JSON. */
import { isJsonObject, type Json } from '../messages/read-answer';

export function parseObject(text: string): Json | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return isJsonObject(parsed) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

/** AWS's services spell it either way. */
export function messageOf(body: Json | undefined): string | undefined {
  const message = body?.['message'] ?? body?.['Message'];
  return typeof message === 'string' && message !== '' ? message : undefined;
}
