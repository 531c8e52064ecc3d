import { type AnyModel, bgNbd, mbgCnbdK, mbgNbd, paretoNbd } from '#statistics/index.ts'

/** The models that compete on each base; the first is the one to trust where the past is too short for a test. */
export const candidates: readonly AnyModel[] = [paretoNbd, mbgNbd, bgNbd, mbgCnbdK] as unknown as AnyModel[]

export function modelNamed(name: string): AnyModel {
  const model = candidates.find(candidate => candidate.name === name)
  if (!model) throw new Error(`a model that nobody knows any more was asked for: ${name}`)
  return model
}
