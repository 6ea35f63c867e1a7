import { register } from './registration/index.js'

/** `node --import @cloudcurio/feature-tracking/register app.js`: sets tracking up before the application starts. */
await register()
