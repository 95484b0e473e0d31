/** The smallest template: one assistant or none, everything else as we ship it. */
import { AssistantChoice } from '../constructs/workspace/assistants/assistant-choice';
import { runTemplateProgram } from '../src/template-program';

runTemplateProgram({
  name: 'minimal',
  outdir: 'cdktf.out/examples/minimal',
  workspace: {
    assistants: [AssistantChoice.OPENCODE, AssistantChoice.NONE],
    cpu: { max: 4, default: 2 },
    memory: { max: 8, default: 4 },
  },
});
