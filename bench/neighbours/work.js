export const work = (value) => value + 1
export const workAsync = async (value) => value + 1
