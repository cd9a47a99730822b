/** Push for the screens. */

export { confirmedAt, disable, enable, type PushState, pushState } from './subscription';
