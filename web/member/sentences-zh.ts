export { adjustment, move, reason } from '../../src/financial/points/words.zh.json'
export { default as member } from './words.zh.json'
