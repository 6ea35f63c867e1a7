/**
 * Attributes that hold what people wrote or what an application works on: prompts, answers, arguments, results,
 * statements, bodies. No rule can keep them or make a name of them.
 */
const CONTENT = [
  /^gen_ai\.(?:input|output)\.messages/,
  /^gen_ai\.(?:prompt(?!\.name$)|completion|system_instructions|choice)\b/,
  /^gen_ai\.(?:user|assistant|system|tool)\.message/,
  /^gen_ai\.tool\.(?:call\.(?:arguments|result)|definitions|message)/,
  /^gen_ai\.(?:request|response)\.(?:messages|content|text)\b/,
  /^gen_ai\.retrieval\.(?:query|documents)/,
  /^gen_ai\.evaluation\.explanation/,
  /^ai\.(?:prompt|value|values|embedding|embeddings|documents)\b/,
  /^ai\.response\.(?:text|object|reasoning|toolCalls|files|sources|content)\b/,
  /^ai\.toolCall\.(?:args|input|result|output)\b/,
  /^traceloop\.entity\.(?:input|output)\b/,
  /^traceloop\.prompt\.template/,
  /^llm\.(?:prompts?|completions?|input_messages|output_messages|tools|prompt_template|function_call|invocation_parameters)\b/,
  /^(?:input|output)\.value$/,
  /^(?:embedding|retrieval|reranker)\.(?:text|embeddings|documents|query|input_documents|output_documents)\b/,
  /^tool\.(?:parameters|json_schema)\b/,
  /^mcp\.(?:request\.(?:argument|params)|response\.(?:value|result)|tool\.(?:arguments|result)|prompt\.arguments)/,
  /^(?:mcp|rpc)\.(?:request|response)\.body\b/,
  /^db\.(?:statement|query\.text|query\.parameter|operation\.parameter|sql\.values|postgresql\.values)\b/,
  /^(?:http|messaging)\.(?:request\.body|response\.body|message\.body)(?!\.size)/,
  /^graphql\.(?:source|document|variables)\b/,
  /^exception\./,
]

/** Attributes that differ from span to span: they are no names, and are only kept where a rule names them in full. */
const RAW = [
  /^url\.(?:full|path|query|fragment|original)$/,
  /^http\.(?:url|target)$/,
  /^http\.(?:request|response)\.header\./,
  /^file\.(?:path|name|directory)$/,
  /^process\.(?:command_args|command_line|command|executable\.path)$/,
  /^mcp\.resource\.uri$/,
  /^(?:client|network\.peer|net\.peer|net\.sock\.peer)\.(?:address|ip|port)$/,
  /^(?:user_agent\.original|http\.user_agent|http\.client_ip)$/,
]

/** Whether an attribute holds what must never get into a record. */
export function isContent(attribute: string): boolean {
  return CONTENT.some((pattern) => pattern.test(attribute))
}

/** Whether an attribute's value differs from one span to the next: a raw URL, a path, a header. */
export function isRaw(attribute: string): boolean {
  return RAW.some((pattern) => pattern.test(attribute))
}
