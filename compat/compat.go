// Package compat tells what the records of durable executions mean. From a plan it
// takes, for each workflow, all that a record depends on: the steps with their ids,
// what they call and wait for, the expressions and funcs behind their inputs. A
// fingerprint is a hash of that; Compare holds that of two sources against each other
// and says at which steps an execution that was started under one can go on under the
// other. It reads no history and runs nothing.
package compat
