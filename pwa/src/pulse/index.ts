export { takeBack } from './take-back';
