/**
 * What Segment's browser library asks for first, at `{cdnURL}/v1/projects/{writeKey}/settings`: where to send. It sends nothing to
 * any other host: no destinations, no measurements of its own.
 */
export function segmentSettings(writeKey: string, origin: string): object {
  const [protocol, host] = origin.split('://')
  return {
    integrations: {
      'Segment.io': {
        apiKey: writeKey,
        apiHost: `${host}/v1`,
        protocol,
        unbundledIntegrations: [],
        addBundledMetadata: true,
        maybeBundledConfigIds: {},
        versionSettings: { version: '4.4.7', componentTypes: ['browser'] },
      },
    },
    metrics: { sampleRate: 0 },
    legacyVideoPluginsEnabled: false,
    analyticsNextEnabled: true,
    remotePlugins: [],
    middlewareSettings: {},
    enabledMiddleware: {},
  }
}
