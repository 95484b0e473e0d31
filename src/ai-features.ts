/**
 * The one list of other AI that is switched off, and why: AI comes through the gateway, where it is accounted for, or
 * not at all. The Coder server's environment, the editor's settings, what the image takes out of the editor and of its
 * extensions, and docs/lockdown.md are all made from it.
 */

/** A variable of the Coder server. */
export interface ServerSwitch {
  readonly variable: string;
  readonly value: string;
  /** Versions of Coder that obey it. */
  readonly versions: string;
}

/** A setting of the editor, stated for the machine. */
export interface EditorSwitch {
  readonly key: string;
  readonly value: unknown;
  /**
   * Extension the key belongs to: it is removed, so the editor does not know the key; it holds should the extension
   * come back.
   *
   * @default - the editor's own
   */
  readonly of?: string;
}

/** A part of the editor that no setting switches off: the build of the image takes it out of the editor's program. */
export interface EditorCut {
  /** What the editor's source calls it: a contribution or a command. */
  readonly part: string;
  /** What it would do. */
  readonly effect: string;
  /** Matches the program of the pinned code-server exactly once, or the build of the image fails. */
  readonly find: RegExp;
  /** As for `String.replace`. */
  readonly replace: string;
  /** For whoever raises code-server and finds that it does not match any more. */
  readonly hint: string;
}

export interface AiFeature {
  readonly name: string;
  readonly reason: string;
  /** @default - none */
  readonly server?: readonly ServerSwitch[];
  /** @default - none */
  readonly editor?: readonly EditorSwitch[];
  /** @default - none */
  readonly cuts?: readonly EditorCut[];
  /** Removed from the image, bundled or not: `publisher.name`. @default - none */
  readonly extensions?: readonly string[];
  /** Keys of older editors that the pinned one does not know any more. @default - none */
  readonly gone?: readonly string[];
}

const COPILOT = 'github.copilot';
const COPILOT_CHAT = 'github.copilot-chat';
const CODY = 'sourcegraph.cody-ai';

export const AI_FEATURES: readonly AiFeature[] = [
  {
    name: 'Coder AI Bridge (AI Gateway)',
    reason: 'Goes past our gateway: no budget for a workspace, and an account of its own',
    server: [{ variable: 'CODER_AIBRIDGE_ENABLED', value: 'false', versions: '2.28 and newer' }],
  },
  {
    name: 'Coder Tasks',
    reason: 'Offers agents that no gateway of ours accounts for',
    server: [{ variable: 'CODER_HIDE_AI_TASKS', value: 'true', versions: '2.35 and older; ignored since' }],
  },
  {
    name: "GitHub as Coder's default sign-in",
    reason: 'Leads people into accounts that Copilot then uses',
    server: [
      {
        variable: 'CODER_OAUTH2_GITHUB_DEFAULT_PROVIDER_ENABLE',
        value: 'false',
        versions: 'every supported one',
      },
    ],
  },
  {
    name: 'Chat and agents of the editor',
    reason: 'Built for an account with another provider; its prompts pass no budget and no rule of ours',
    editor: [
      { key: 'chat.disableAIFeatures', value: true },
      { key: 'chat.agent.enabled', value: false },
      { key: 'chat.viewSessions.enabled', value: false },
      { key: 'workbench.commandPalette.showAskInChat', value: false },
      { key: 'workbench.secondarySideBar.defaultVisibility', value: 'hidden' },
    ],
    gone: ['chat.commandCenter.enabled'],
  },
  {
    name: 'Sign-in for AI in the editor',
    reason: 'Asks people for an account they must not use here',
    editor: [
      { key: 'chat.titleBar.signIn.enabled', value: false },
      { key: 'chat.welcomePage.signIn.enabled', value: false },
      { key: 'chat.titleBar.openInAgentsWindow.enabled', value: false },
    ],
  },
  {
    name: 'Set-up of Copilot in the editor',
    reason:
      'Leads to a GitHub sign-in and leaves an error for ever; chat.disableAIFeatures does not close it',
    cuts: [
      {
        part: 'workbench.contrib.chatSetup',
        effect: 'offers "Chat: Use AI Features with Copilot for free…" in the palette and opens the sign-in',
        // Its constructor goes on only with the requests of a product that has a chat agent.
        find: /([\w$]+)=([\w$]+)\.requests\?\.value;(if\(!([\w$]+)\|\|!\1\)return;let [\w$]+=new [\w$]+\(\(\)=>this\._register\(this\.instantiationService\.createInstance\([\w$]+,\4,\1\)\)\);this\.registerSetupAgents)/,
        replace: '$1=void 0;$3',
        hint: 'look for "workbench.contrib.chatSetup" and for the constructor that calls registerSetupAgents, and let it return before that',
      },
      {
        part: 'workbench.action.welcomeOnboarding2026',
        effect: 'opens a first page that asks for a GitHub account to use Copilot with',
        find: /(id:"workbench\.action\.welcomeOnboarding2026",title:[\w$]+\(\d+,"[^"]*"\),category:[\w$.]+,f1:)!0(\}\)\}run\(([\w$]+)\)\{)\3\.get\([\w$]+\)\.show\(\)(\})/,
        replace: '$1!1$2$4',
        hint: 'look for "workbench.action.welcomeOnboarding2026"; the command must not be in the palette (f1) and its run must do nothing',
      },
    ],
  },
  {
    name: 'MCP servers of the editor',
    reason: 'A repository can name one, and each is a command or a foreign server',
    editor: [{ key: 'chat.mcp.access', value: 'none' }],
  },
  {
    name: 'Inline chat and inline suggestions',
    reason: 'Ghost text from a source that is not our gateway',
    editor: [
      { key: 'inlineChat.affordance', value: 'off' },
      { key: 'editor.inlineSuggest.enabled', value: false },
    ],
    gone: ['inlineChat.mode'],
  },
  {
    name: 'AI search in the settings',
    reason: 'Sends what is typed to another provider',
    editor: [{ key: 'workbench.settings.showAISearchToggle', value: false }],
  },
  {
    name: 'GitHub Copilot',
    reason: 'Bundled with the editor; needs a GitHub account and goes past our gateway',
    editor: [
      { key: 'github.copilot.enable', value: { '*': false }, of: COPILOT },
      { key: 'github.copilot.editor.enableAutoCompletions', value: false, of: COPILOT },
      { key: 'github.copilot.nextEditSuggestions.enabled', value: false, of: COPILOT_CHAT },
      { key: 'github.copilot.renameSuggestions.triggerAutomatically', value: false, of: COPILOT_CHAT },
    ],
    extensions: [COPILOT, COPILOT_CHAT],
    gone: ['github.copilot.chat.enabled'],
  },
  {
    name: 'Sourcegraph Cody',
    reason: 'Needs an account with another provider',
    editor: [
      { key: 'cody.enabled', value: false, of: CODY },
      { key: 'cody.autocomplete.enabled', value: false, of: CODY },
    ],
    extensions: [CODY],
  },
  {
    name: 'Other assistants for the editor',
    reason:
      'Each brings its own provider and its own account; none may come with a base image or a VSIX by accident',
    extensions: [
      'amazonwebservices.amazon-q-vscode',
      'anthropic.claude-code',
      'codeium.codeium',
      'continue.continue',
      'google.geminicodeassist',
      'openai.chatgpt',
      'saoudrizwan.claude-dev',
      'tabnine.tabnine-vscode',
    ],
  },
];
