export { adjustment, move, reason } from '../../src/financial/points/words.en.json'
export { default as member } from './words.en.json'
