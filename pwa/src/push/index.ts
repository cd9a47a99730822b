/** Push for the screens. */

export { confirmTest, readHealth, runTest, setEmail, type TestOutcome } from './health';
export { confirmedAt, disable, enable, look, mend, type PushState, pushState } from './subscription';
