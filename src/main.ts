import { runTemplateProgram } from './template-program';

runTemplateProgram({ name: 'contractor-workspace' });
