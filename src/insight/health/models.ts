import type { WatchedModelName } from './contract.ts'
import type { WatchedModel } from './watched.ts'
import { watchedRhythm } from './watched-rhythm.ts'
import { watchedValue } from './watched-value.ts'

/** The models in use, in the order in which the page tells of them. */
export const models: readonly WatchedModel[] = [watchedRhythm, watchedValue]

export function modelNamed(name: WatchedModelName): WatchedModel | undefined {
  return models.find(model => model.name === name)
}
