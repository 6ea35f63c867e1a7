const RUN = 'window.hacked=1'
const TAGS = [
  'script',
  'img',
  'svg',
  'iframe',
  'object',
  'embed',
  'video',
  'audio',
  'body',
  'details',
  'math',
  'style',
  'link',
  'base',
  'form',
  'input',
  'a',
  'marquee',
  'template',
  'meta',
]
const SHAPES: readonly ((tag: string) => string)[] = [
  (tag) => `<${tag} src=x onerror="${RUN}" onload="${RUN}">`,
  (tag) => `<${tag} href="javascript:${RUN}" autofocus onfocus="${RUN}" tabindex=0>click</${tag}>`,
  (tag) => `"><${tag}>${RUN}</${tag}>`,
  (tag) => `'><${tag} onmouseover='${RUN}' ontoggle='${RUN}' open>`,
  (tag) => `</script></style></textarea></title><${tag} onpointerenter=${RUN}>`,
  (tag) => `\${${RUN}}{{constructor.constructor('${RUN}')()}}<${tag}/onload=${RUN}>`,
  (tag) => `javascript:${RUN}//<${tag}>`,
  (tag) => `data:text/html,<${tag} onload=parent.${RUN}>`,
  (tag) => `<<${tag.toUpperCase()}\u0000 sRc=x OnErRoR=${RUN}//`,
  (tag) => `&lt;${tag} onerror=${RUN}&gt;\u202e\u2028%3C${tag}%3E`,
]

/** Two hundred texts that would run if they were taken for markup: ten shapes of twenty tags. Each sets `hacked`. */
export const PAYLOADS = TAGS.flatMap((tag) => SHAPES.map((shape) => shape(tag)))
