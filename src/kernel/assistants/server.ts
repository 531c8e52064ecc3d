import {
  createMcpHandler,
  type McpHttpHandler,
  ProtocolError,
  ProtocolErrorCode,
  Server,
} from '@modelcontextprotocol/server'
import type { Translator } from '#kernel/locale/index.ts'
import { faultOf } from '#kernel/log.ts'
import { assert, Refusal } from '#kernel/refusal.ts'
import { type Calling, callTool } from './call.ts'
import { inputOf, jsonSchemaOf } from './input.ts'
import { sentencesIn } from './sentences.ts'
import { type AssistantTool, allowedParts, isAct } from './tool.ts'

export interface AssistantParts {
  readonly tools: readonly AssistantTool[]
  readonly translator: Translator
  readonly version: string
}

/**
 * Speaks the Model Context Protocol over streamable HTTP without sessions: each request stands for itself, so any server of the
 * house may answer it and a key that is revoked ends at once. Who asks is shown by the door, never by the request's own words.
 */
export function assistantDoor(parts: AssistantParts): {
  answer(request: Request, body: unknown, calling: Calling): Promise<Response>
  close(): Promise<void>
} {
  const handler: McpHttpHandler = createMcpHandler(
    ({ authInfo }) => {
      const calling = authInfo?.extra?.calling as Calling | undefined
      assert(calling, 'the door says who asks')
      return assistantServer(parts, calling)
    },
    { keepAliveMs: 0 },
  )
  return {
    async answer(request, parsedBody, calling) {
      const { caller } = calling
      const clientId = caller.kind === 'nobody' ? '' : caller.id
      const authInfo = { token: '', clientId, scopes: [], extra: { calling } }
      return handler.fetch(request, { authInfo, parsedBody })
    },
    close: () => handler.close(),
  }
}

/** A server for one request, with the tools that its caller may use and no others. */
function assistantServer({ tools, translator, version }: AssistantParts, calling: Calling): Server {
  const { house, caller, language } = calling
  const t = (key: string, values = {}) => translator.t(language, key, values)
  const offered = tools
    .map(tool => ({ tool, allowed: allowedParts(tool, caller) }))
    .filter(({ allowed }) => allowed.length > 0)
  const server = new Server(
    { name: 'guanxi', version },
    { capabilities: { tools: {} }, instructions: t('assistants:instructions') },
  )

  server.setRequestHandler('tools/list', async () => ({
    tools: offered.map(({ tool, allowed }) => ({
      name: tool.name,
      title: t(`assistants:tool.${tool.name}`),
      description: tool.description,
      inputSchema: jsonSchemaOf(inputOf(allowed.map(([, part]) => part))),
      annotations: { readOnlyHint: !isAct(tool), destructiveHint: false, openWorldHint: false },
    })),
  }))

  server.setRequestHandler('tools/call', async ({ params }) => {
    const found = offered.find(({ tool }) => tool.name === params.name)
    if (!found) throw new ProtocolError(ProtocolErrorCode.InvalidParams, t('assistants:no-tool'))
    const said = (text: string) => ({ content: [{ type: 'text' as const, text }] })
    const read = inputOf(found.allowed.map(([, part]) => part)).safeParse(params.arguments ?? {})
    if (!read.success) {
      const places = read.error.issues.slice(0, 5).map(issue => `${issue.path.join('.') || '·'}: ${issue.message}`)
      return { ...said(`${t('assistants:bad-input')}\n${places.join('\n')}`), isError: true }
    }
    try {
      const answer = await callTool(calling, found.allowed, (params.arguments ?? {}) as Record<string, unknown>)
      const text = [...sentencesIn(answer, translator, language), JSON.stringify(answer)].join('\n')
      return { ...said(text), structuredContent: answer }
    } catch (error) {
      if (error instanceof Refusal) return { ...said(translator.sentenceOf(error, language)), isError: true }
      const faultId = house.newId()
      house.log.error({ faultId, tool: params.name, ...faultOf(error) }, 'a tool failed')
      return { ...said(t('assistants:fault', { faultId })), isError: true }
    }
  })
  return server
}
