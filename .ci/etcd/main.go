// etcd itself. Its own main package lies in a module that can be built in its own tree only, so this one calls what that calls.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() {
	etcdmain.Main(os.Args)
}
