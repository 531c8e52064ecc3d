export { mergeNow, undoNow } from './merge.ts'
