/** Every provider, configured for nowhere. */
import { anthropic } from '../../gateway/providers/anthropic';
import type { Provider } from '../../gateway/providers/provider';

export const ANTHROPIC = anthropic('sk-ant-fuzz', 'http://127.0.0.1:1');

export const PROVIDERS: readonly Provider[] = [ANTHROPIC];
