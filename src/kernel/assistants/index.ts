export { assistantsRoom } from './room.ts'
export { assistantDoor } from './server.ts'
export { type AssistantTool, allowedParts, isAct, part } from './tool.ts'
