import { render } from 'preact';
import './style/index.css';
import { App } from './app';
import { go } from './parts/route';
import { start, watchInstall, whenOpened } from './session';

/** The first paint waits for what the phone knows, and for nothing else. */
const root = document.getElementById('app');
if (root) {
  watchInstall();
  start()
    .then(() => whenOpened(go))
    .catch((error) => console.error('the phone’s own store did not open', error))
    .finally(() => render(<App />, root));
}
