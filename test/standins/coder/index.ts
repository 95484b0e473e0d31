export { startCoderStandin, type CoderStandin, type StandinUser, type StandinWorkspace } from './standin';
