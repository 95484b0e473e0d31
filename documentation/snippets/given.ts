/** What examples find made already: constructs and stacks around them. Only their types are looked at. */
import type { AiInstructions } from '../../constructs/workspace/ai-instructions';
import type { EnforcementLevel } from '../../constructs/workspace/enforcement-level';
import type { HomeVolume } from '../../constructs/workspace/home-volume';
import type { WorkspaceImage } from '../../constructs/workspace/image';
import type { WorkspaceAgent } from '../../constructs/workspace/workspace-agent';
import type { WorkspaceContainer } from '../../constructs/workspace/workspace-container';
import type { WorkspaceContext } from '../../constructs/workspace/workspace-context';
import type { WorkspaceIdentity } from '../../constructs/workspace/workspace-identity';
import type { WorkspaceNetwork } from '../../constructs/workspace/workspace-network';
import type { WorkspaceParameters } from '../../constructs/workspace/workspace-parameters';

export declare const agent: WorkspaceAgent;
export declare const container: WorkspaceContainer;
export declare const context: WorkspaceContext;
export declare const enforcement: EnforcementLevel;
export declare const home: HomeVolume;
export declare const identity: WorkspaceIdentity;
export declare const image: WorkspaceImage;
export declare const instructions: AiInstructions;
export declare const network: WorkspaceNetwork;
export declare const parameters: WorkspaceParameters;
