// Makes the errors of anyOf and oneOf readable. A value that fits none of twenty alternatives fails
// each of them for its own reasons; only the reasons of the one that was meant help anybody.

// `errors` come from Ajv with `verbose`; `validate(pointer, value)` gives the errors of one schema,
// and `pointerOf(schema)` tells where a schema object lives in the description.
export function narrow(errors, pointerOf, validate) {
  const choice = errors.findLast(isChoice); // the outermost: Ajv reports it after what is inside
  if (choice === undefined) return errors;
  const branches = choice.schema.map((_, i) => branchErrors(choice, i, pointerOf, validate));
  const inside = new Set(branches.flat().map(keyOf));
  const others = errors.filter((error) => error !== choice && !inside.has(keyOf(error)));
  const meant = likeliest(branches.map((branch) => narrow(branch, pointerOf, validate)));
  return [...narrow(others, pointerOf, validate), ...(meant ?? [choice])];
}

function isChoice(error) {
  return error.keyword === "anyOf" || error.keyword === "oneOf";
}

function branchErrors(choice, i, pointerOf, validate) {
  const pointer = [...pointerOf(choice.parentSchema), choice.keyword, i];
  const errors = validate(pointer, choice.data);
  return errors.map((error) => ({
    ...error,
    instancePath: choice.instancePath + error.instancePath,
  }));
}

// The branch whose `type` (the usual discriminator) agrees, with the fewest errors. None is meant
// if no `type` agrees, in the branch or in the branches of the branch, or if two branches fit.
function likeliest(branches) {
  if (branches.some((errors) => errors.length === 0)) return undefined;
  const fitting = branches.filter((errors) => !errors.some(isMisfit));
  return fitting.sort((a, b) => a.length - b.length)[0];
}

function isMisfit(error) {
  return isChoice(error) || (error.keyword === "enum" && error.instancePath.endsWith("/type"));
}

function keyOf({ instancePath, keyword, schemaPath, params }) {
  return JSON.stringify([instancePath, keyword, schemaPath, params]);
}
